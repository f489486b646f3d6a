import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { loadCore } from './cores.ts'
import type { LoadResult, Request } from './plan.ts'

const run = promisify(execFile)
const connections = 32

// JSON at the end, since wrk's own report rounds.
const reportScript = `
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"duration":%d,"p50":%d,"p99":%d,"errors":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
`

/** One window of load, by wrk on a core of its own, which goes through the requests in turn. */
export async function loadByWrk(url: string, requests: readonly Request[], seconds: number): Promise<LoadResult> {
  const file = join(tmpdir(), `guestlist-bench-${process.pid}.lua`)
  writeFileSync(file, requestScript(requests) + reportScript)
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', file, url]
  const { stdout } = await run('taskset', ['-c', String(loadCore), 'wrk', ...args], { maxBuffer: 2 ** 24 })
  const { requests: sent, duration, p50, p99, errors } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  return { requests: sent, perSecond: (sent * 1e6) / duration, p50: p50 / 1000, p99: p99 / 1000, errors }
}

/** Requests are put together with the first one, as far as wrk lets one: before its window begins it knows no host. */
function requestScript(requests: readonly Request[]): string {
  const lines = requests.map(({ method, path, headers }) => {
    const pairs = Object.entries(headers).map(([name, value]) => `["${name}"]="${value}"`)
    return `wrk.format("${method}", "${path}", {${pairs}})`
  })
  return `
local texts, next = nil, 0
function request()
  if texts == nil then texts = make() end
  next = next % #texts + 1
  return texts[next]
end
${functionsOf(lines)}
`
}

/** LuaJIT takes no more than 65,536 constants a function. */
function functionsOf(lines: readonly string[]): string {
  const perFunction = 1000
  const parts: string[] = []
  for (let begin = 0; begin < lines.length; begin += perFunction) {
    parts.push(`parts[#parts + 1] = function(all)
${lines
  .slice(begin, begin + perFunction)
  .map((line) => `all[#all + 1] = ${line}`)
  .join('\n')}
end`)
  }
  return `
local parts = {}
${parts.join('\n')}
function make()
  local all = {}
  for _, part in ipairs(parts) do part(all) end
  return all
end`
}
