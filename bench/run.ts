// Measures Guestlist beside others in one run, and writes docs/performance.md: npm run bench [-- --check] [-- --cycles 7]
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Contender, startContenders } from './contenders/contenders.ts'
import { type Cycle, writeReport } from './report.ts'
import { median } from './statistics.ts'
import { type LoadResult, load } from './wrk.ts'

const root = join(import.meta.dirname, '..')
const people = 10_000
const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    cycles: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '32' },
    port: { type: 'string', default: '4600' },
  },
})

for (const [program, debianPackage] of [
  ['wrk', 'wrk'],
  ['taskset', 'util-linux'],
] as const) {
  if (spawnSync(program, ['-v']).error) fail(`${program} is missing (Debian: apt-get install ${debianPackage})`)
}
if (availableParallelism() < 2) fail('it takes two cores: one for the servers, one for the load')
if (!existsSync(join(import.meta.dirname, 'node_modules'))) {
  console.error('bench: installing what Guestlist is measured against, once …')
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: import.meta.dirname, stdio: ['ignore', 'ignore', 'inherit'] })
}

const folder = mkdtempSync(join(tmpdir(), 'guestlist-bench-'))
const contenders: Contender[] = []
process.on('exit', () => {
  for (const { process: server } of contenders) server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const port = Number(options.port)
const dataFile = join(folder, 'guestlist.db')
console.error(`bench: making ${people} people who are signed in …`)
const prepare = ['bench/prepare-guestlist.ts', dataFile, String(people), `http://127.0.0.1:${port}`]
const prepared = execFileSync(process.execPath, prepare, { cwd: root, maxBuffer: 2 ** 26, encoding: 'utf8' })
const tokens: string[] = JSON.parse(prepared)
process.chdir(root)
contenders.push(...(await startContenders({ folder, dataFile, port, tokens })))
for (const contender of contenders) await checkAnswer(contender)
const idle = new Map(contenders.map(({ name, process: server }) => [name, server.residentMegabytes()]))

const cycles: Cycle[] = []
const seconds = Number(options.seconds)
// The first is not counted: everything is compiled and cached in it, for all of them.
for (let number = 0; number <= Number(options.cycles); number += 1) {
  const cycle: Cycle = new Map()
  // Each begins once: whatever a neighbour leaves behind meets all of them.
  const first = number % contenders.length
  for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
    cycle.set(contender.name, await measure(contender))
  }
  if (number > 0) cycles.push(cycle)
  console.error(`bench: cycle ${number} of ${options.cycles}: ${describe(cycle)}`)
}

const floors: Record<string, number> = JSON.parse(readFileSync(join(import.meta.dirname, 'floors.json'), 'utf8'))
if (options.check) checkFloors()
const file = join(root, 'docs', 'performance.md')
const run = { cycles, contenders, idle, people, seconds, machine: describeMachine() }
writeReport(file, run, readFileSync(file, 'utf8'))
process.exit(0)

async function measure({
  process: server,
  path,
  headers,
}: Contender): Promise<LoadResult & Record<'cpu' | 'resident', number>> {
  const before = server.cpuSeconds()
  const script = requestScript(path, headers)
  const result = await load(folder, { url: server.url, script, connections: Number(options.connections), seconds })
  const cpu = ((server.cpuSeconds() - before) * 1e6) / result.requests
  return { ...result, cpu, resident: server.residentMegabytes() }
}

/** Requests are put together before the window begins, as far as wrk lets one. */
function requestScript(path: string, headers: Contender['headers']): string {
  const lines = headers.map((each) => `{${Object.entries(each).map(([name, value]) => `["${name}"]="${value}"`)}}`)
  return `
local headers = {${lines.join(',\n')}}
local requests, next = nil, 0
function request()
  if requests == nil then
    requests = {}
    for index, each in ipairs(headers) do requests[index] = wrk.format("GET", "${path}", each) end
  end
  next = next % #requests + 1
  return requests[next]
end
`
}

async function checkAnswer({ name, process: server, path, headers, expected }: Contender): Promise<void> {
  for (const each of [headers[0], headers.at(-1)]) {
    const answer = await fetch(server.url + path, { headers: each ?? {} })
    const text = await answer.text()
    if (answer.status !== 200 || !text.includes(expected)) fail(`${name} answers ${answer.status}: ${text}`)
  }
}

function checkFloors(): never {
  const own = (cycle: Cycle) => cycle.get('Guestlist')?.perSecond ?? 0
  let isWorse = false
  for (const [name, floor] of Object.entries(floors)) {
    const ratio = median(cycles.map((cycle) => own(cycle) / (cycle.get(name)?.perSecond ?? Number.NaN)))
    const isBelow = !(ratio >= floor)
    isWorse ||= isBelow
    console.log(`${isBelow ? 'below' : 'good '}  ${ratio.toFixed(2)} × ${name}, floor ${floor}`)
  }
  process.exit(isWorse ? 1 : 0)
}

function describe(cycle: Cycle): string {
  return [...cycle]
    .map(([name, { perSecond, errors }]) => `${name} ${Math.round(perSecond)}${errors ? ` (${errors} errors)` : ''}`)
    .join(', ')
}

function describeMachine(): string {
  const processor = cpus()[0]?.model ?? 'unknown'
  return `${availableParallelism()} cores (${processor}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux, Node ${process.version}`
}

function fail(reason: string): never {
  console.error(`bench: ${reason}`)
  process.exit(1)
}
