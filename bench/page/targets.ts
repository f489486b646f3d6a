import { medianOf, type Results, ratios } from '../results.ts'
import { median } from '../statistics.ts'
import type { Windows } from '../subjects/throughput.ts'

/** What is aimed at, and what a run found. */
export interface Target {
  readonly what: string
  readonly goal: string
  readonly found: string
  readonly isMet: boolean
}

const own = 'Guestlist'

/** Figures are rounded for the reader after they were judged. */
export function judge({ throughput, hashing, growth, footprint }: Results): Target[] {
  const ratio = (windows: Windows, other: string): number => median(ratios(windows, own, other))
  const atLeast = (what: string, goal: number, found: number): Target => ({
    what,
    goal: `≥ ${goal} ×`,
    found: `${found.toFixed(2)} ×`,
    isMet: found >= goal,
  })
  const atMost = (what: string, goal: number, found: number, unit: string): Target => ({
    what,
    goal: `≤ ${goal} ${unit}`,
    found: `${found.toFixed(found < 10 ? 1 : 0)} ${unit}`,
    isMet: found <= goal,
  })
  const size = (people: number) => growth.find((each) => each.people === people)
  const grown = (people: number): number => {
    const [few, many] = [size(1000)?.me ?? [], size(people)?.me ?? []]
    return median(many.map((perSecond, index) => perSecond / (few[index] ?? Number.NaN)))
  }
  const latency = hashing.latency.get(own)
  const [p99, idleP99] = [medianOf(latency, (each) => each.p99), medianOf(latency, (each) => each.idleP99)]
  const alone = 'scrypt alone, at Guestlist’s cost'
  return [
    atLeast("`GET /me` beside bare Express's `res.json`", 1.2, ratio(throughput.me, 'Express')),
    atLeast('`GET /me` beside bare `node:http`', 0.65, ratio(throughput.me, 'node:http')),
    atLeast("`GET /me` beside better-auth's `get-session`", 25, ratio(throughput.me, 'better-auth, cookie cache off')),
    atLeast("`GET /me` beside PocketBase's read of a record", 1.5, ratio(throughput.me, 'PocketBase')),
    atLeast('logins beside scrypt alone, on all cores', 0.95, ratio(hashing.login, alone)),
    atLeast('registrations beside scrypt alone, on all cores', 0.95, ratio(hashing.register, alone)),
    atMost('p99 of `GET /me` while logins saturate', 5, p99, 'ms'),
    atMost('the same beside its p99 while idle', 2, p99 / idleP99, '×'),
    atLeast('refreshes beside commits of the same row alone', 0.6, ratio(throughput.refresh, 'better-sqlite3 alone')),
    atLeast('`GET /me` with 1,000,000 people beside 1,000', 0.95, grown(1_000_000)),
    atLeast('`GET /me` with 5,000,000 people beside 1,000', 0.95, grown(5_000_000)),
    atMost('bytes in the file for somebody with a session', 600, footprint.bytesAUser, 'bytes'),
    atMost('start of the one-file program until it is ready', 150, footprint.laterStart, 'ms'),
    atMost('the same beside `node -e 0`', 4, footprint.laterStart / footprint.bareNode, '×'),
    atMost('memory of the one-file program, idle', 75, footprint.idle, 'MB'),
    atMost('memory under the load of `GET /me`', 150, footprint.underGet, 'MB'),
    atMost('memory under the load of logins', 160, footprint.underLogin, 'MB'),
    atMost('minting 100,000 codes', 3, footprint.mint, 's'),
    atMost('importing 100,000 people with their hashes', 20, footprint.import, 's'),
  ]
}
