import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Load {
  readonly url: string
  /** A Lua script for wrk, where the requests differ. */
  readonly script?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly connections: number
  readonly seconds: number
}

export interface LoadResult {
  readonly requests: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Answers of another status than 2xx or 3xx, and requests that failed or timed out. */
  readonly errors: number
}

/** The core that makes the load; servers run on the others. */
export const loadCore = 1

// JSON at the end, since wrk's own report rounds.
const reportScript = `
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"duration":%d,"p50":%d,"p99":%d,"errors":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
`

/** One window of load, by wrk on a core of its own. */
export async function load(
  folder: string,
  { url, script = '', headers = {}, connections, seconds }: Load,
): Promise<LoadResult> {
  const file = join(folder, 'load.lua')
  writeFileSync(file, script + reportScript)
  const args = [
    '-c',
    String(loadCore),
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '10s',
    '-s',
    file,
  ]
  for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`)
  const { stdout } = await run('taskset', [...args, url], { maxBuffer: 2 ** 24 })
  const { requests, duration, p50, p99, errors } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  return { requests, perSecond: (requests * 1e6) / duration, p50: p50 / 1000, p99: p99 / 1000, errors }
}
