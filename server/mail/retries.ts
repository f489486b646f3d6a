import { day, hour, minute } from '../durations.ts'

/** For what a process that was killed had taken up: longer than an account's next code is put off, or none would be made. */
export const claimMs = 90_000

/** After each time that a mail could not be sent; then an hour, or what is refused, half a day: it is seldom taken later. */
const firstPausesMs = [minute, 5 * minute, 20 * minute]
const refusedPauseMs = 12 * hour
/** No row is due later than after this: what is, was written before the clock was put back. */
export const longestPauseMs = refusedPauseMs

/** Whoever asked for a code has asked again by then. */
export const requestsKeptMs = 15 * minute
const noticesKeptMs = 3 * day
/** A server that was off for days has tried as often too, before it gives a notice up. */
const noticesTriedAtLeast = 6

interface Tried {
  readonly letter: unknown
  readonly createdAt: number
  /** How often it was taken up before. */
  readonly tries: number
}

/**
 * When a mail that could not be sent is tried again; undefined when it is given up. A request that the mail server refuses is
 * given up at once. A notice is not: refusals may be what a stranger brought about, by using up what the mail server takes.
 */
export function nextTryAt({ letter, createdAt, tries }: Tried, now: number, isRefused: boolean): number | undefined {
  const at = now + (firstPausesMs[tries] ?? (isRefused ? refusedPauseMs : hour))
  const ageMs = at - createdAt
  if (letter === undefined) return isRefused || ageMs > requestsKeptMs ? undefined : at
  return ageMs > noticesKeptMs && tries + 1 >= noticesTriedAtLeast ? undefined : at
}
