import { medianOf, type Results, ratios } from '../results.ts'
import { median, quantile } from '../statistics.ts'
import type { Windows } from '../subjects/throughput.ts'
import { count, figure, table } from './table.ts'
import type { Target } from './targets.ts'

const own = 'Guestlist'

/** Each run's targets, the oldest first. */
export interface JudgedRun {
  readonly date: string
  readonly machine: string
  readonly targets: readonly Target[]
}

/** The measured part of docs/performance.md. */
export function describePerformance(results: Results, runs: readonly JudgedRun[]): string {
  const { machine, date, cycles, seconds, throughput, hashing, footprint } = results
  const { me, unknown, user, refresh, mix } = throughput
  return `Measured on ${date}: ${machine}. ${cycles} cycles of windows of ${seconds} s (8 s for logins and registrations), all servers of a table alive at
once, in turns; medians, ratios with their quartiles.

## Targets

${describeTargets(runs)}

## Who is signed in

Servers on one core, \`wrk\` with 32 connections on the other. \`GET /api/auth/me\`, and what the others have for it.

![Requests a second](pictures/throughput.svg)

${describeWindows(me)}

## Tokens that are not known yet

The same with tokens of which each comes for the first time: each signature is checked, each session read from the file.

${describeWindows(unknown)}

## Another's profile

\`GET /api/auth/users/:id\`, and the read of another's record.

${describeWindows(user)}

## Refresh

\`POST /api/auth/refresh\`: each answered only when its commit is on the disk (\`synchronous = FULL\`). PocketBase's writes nothing: its old token stays
good. better-auth has none, its sessions are prolonged as they are read. Below, what better-sqlite3 commits of the same row, with nothing around it.

${describeWindows(refresh)}

## A mix

90 of 100 ask who they are, 6 for another's profile, 4 refresh, each with a token that is then used up.

${describeWindows(mix)}

Settings: ${throughput.settings.join('. ')}.

## Logins and registrations

Servers on all cores, 16 connections. What one costs is what its hash costs, and strength comes first; each server's hash: ${hashing.settings.join(
    '; ',
  )}.

${describeWindows(hashing.login, 'logins')}

${describeWindows(hashing.register, 'registrations')}

## While logins saturate

200 \`GET /me\` a second, whether or not earlier ones were answered, first alone and then while 16 connections do nothing but sign in. Milliseconds.

![p99 while logins saturate](pictures/latency.svg)

${table(
  ['', 'p50 idle', 'p99 idle', 'p50 under logins', 'p99 under logins', 'errors'],
  [...hashing.latency].map(([name, windows]) => [
    name,
    figure(medianOf(windows, (each) => each.idleP50)),
    figure(medianOf(windows, (each) => each.idleP99)),
    figure(medianOf(windows, (each) => each.p50)),
    figure(medianOf(windows, (each) => each.p99)),
    String(windows.reduce((sum, { errors }) => sum + errors, 0)),
  ]),
)}

## Growth

![Requests a second by people in the file](pictures/growth.svg)

The figures are in [scale](scale.md).

## The one-file program

${table(
  ['what', 'measured'],
  [
    ['`node -e 0`, from start to end', `${Math.round(footprint.bareNode)} ms`],
    ['start until ready, empty folder', `${Math.round(footprint.firstStart)} ms`],
    ['start until ready, later', `${Math.round(footprint.laterStart)} ms`],
    ['memory 10 s after its start', `${Math.round(footprint.idle)} MB`],
    ['memory after 15 s of `GET /me`, 10,000 tokens', `${Math.round(footprint.underGet)} MB`],
    ['memory after 15 s of logins', `${Math.round(footprint.underLogin)} MB`],
    ['bytes for somebody with password, session and the name of a browser', String(Math.round(footprint.bytesAUser))],
    ['minting 100,000 codes', `${figure(footprint.mint)} s`],
    ['importing 100,000 people with their hashes', `${figure(footprint.import)} s`],
  ],
)}`
}

function describeTargets(runs: readonly JudgedRun[]): string {
  const latest = runs.at(-1)?.targets ?? []
  const columns = runs.map(({ date }, index) => `run ${index + 1} (${date})`)
  return table(
    ['what', 'target', ...columns],
    latest.map(({ what, goal }) => [
      what,
      goal,
      ...runs.map(({ targets }) => {
        const target = targets.find((each) => each.what === what)
        return target === undefined ? '' : `${target.found} ${target.isMet ? '✓' : '✗'}`
      }),
    ]),
  )
}

function describeWindows(windows: Windows, what = 'requests'): string {
  const rows = [...windows].map(([name, own_]) => {
    const ratio = ratios(windows, own, name)
    return [
      name,
      count(medianOf(own_, (each) => each.perSecond)),
      name === own
        ? ''
        : `${figure(median(ratio))} (${figure(quantile(ratio, 0.25))} to ${figure(quantile(ratio, 0.75))})`,
      figure(medianOf(own_, (each) => each.cpu)),
      figure(medianOf(own_, (each) => each.p50)),
      figure(medianOf(own_, (each) => each.p99)),
      figure(medianOf(own_, (each) => each.resident)),
      String(own_.reduce((sum, { errors }) => sum + errors, 0)),
    ]
  })
  return table(
    ['', `${what} a second`, 'Guestlist is × as fast', 'CPU µs each', 'p50 ms', 'p99 ms', 'MB', 'errors'],
    rows,
  )
}
