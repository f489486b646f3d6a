/** Wrong passwords that leak with time. Times are milliseconds since the epoch. */
export interface FailureCount {
  readonly failedAt: number
  /** When nothing of it is left, if no other comes. */
  readonly forgottenAt: number
}

/** How many are left. Of a clock that was put back, failures would lie ahead for long: they count as those of now. */
export function countLeft(count: FailureCount | undefined, now: number, leakMs: number): number {
  return count === undefined ? 0 : Math.max(0, Math.ceil((forgottenFrom(count, now) - now) / leakMs))
}

/** One more, now. */
export function addFailure(count: FailureCount | undefined, now: number, leakMs: number): FailureCount {
  const forgottenAt = count === undefined ? now : Math.max(now, forgottenFrom(count, now))
  return { failedAt: now, forgottenAt: forgottenAt + leakMs }
}

/** After how many milliseconds fewer than so many are left. */
export const msUntilFewer = (count: FailureCount, now: number, most: number, leakMs: number): number =>
  Math.max(0, forgottenFrom(count, now) - now - (most - 1) * leakMs)

const forgottenFrom = ({ failedAt, forgottenAt }: FailureCount, now: number): number =>
  forgottenAt - Math.max(0, failedAt - now)
