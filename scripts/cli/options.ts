import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { parseDuration } from '../../server/durations.ts'

/** How many rows a list shows. */
export const limitOption = (limit: number) =>
  new Option('--limit <n>', 'how many to show, or "all"')
    .argParser(parseLimit)
    .default<number | 'all'>(limit, String(limit))

function parseLimit(text: string): number | 'all' {
  if (text === 'all') return text
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1, or "all".')
  return Number(text)
}

/** SQLite takes any number below zero for "without limit", PostgreSQL does not: so a number that no table reaches. */
export const toLimit = (limit: number | 'all'): number => (limit === 'all' ? Number.MAX_SAFE_INTEGER : limit)

/** How long something is good for, or "never". */
export const expiryOption = (purpose: string, shown: string) =>
  new Option('--expires <duration>', purpose)
    .argParser(parseExpiry)
    .default<number | 'never'>(parseExpiry(shown), shown)

function parseExpiry(text: string): number | 'never' {
  if (text === 'never') return text
  const ttlMs = parseDuration(text)
  if (ttlMs === undefined) throw new InvalidArgumentError('It must be like 12h or 7d, or "never".')
  return ttlMs
}

export function parseAge(text: string): number {
  const ageMs = parseDuration(text)
  if (ageMs === undefined) throw new InvalidArgumentError('It must be like 12h or 7d.')
  return ageMs
}
