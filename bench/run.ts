// Measures Guestlist beside others, and writes docs/performance.md and docs/scale.md: npm run bench [-- --check] [-- --cycles 7]
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describePerformance, type JudgedRun } from './page/performance.ts'
import { drawPictures } from './page/pictures.ts'
import { describeScale } from './page/scale.ts'
import { judge } from './page/targets.ts'
import { writePart } from './page/write-part.ts'
import { type Results, ratios } from './results.ts'
import { median } from './statistics.ts'
import { measureFootprint } from './subjects/footprint.ts'
import { measureGrowth } from './subjects/growth.ts'
import { measureHashing } from './subjects/hashing.ts'
import { measureStorm } from './subjects/storm.ts'
import { measureThroughput, type Throughput } from './subjects/throughput.ts'

const root = join(import.meta.dirname, '..')
const runsFile = join(import.meta.dirname, 'runs.json')
const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    cycles: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
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
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

const [cycles, seconds] = [Number(options.cycles), Number(options.seconds)]
const given = { folder, port: Number(options.port), cycles, seconds }
const throughput = await measureThroughput(given)
if (options.check) checkFloors(throughput)
const results: Results = {
  date: new Date().toISOString().slice(0, 10),
  machine: describeMachine(),
  cycles,
  seconds,
  throughput,
  hashing: await measureHashing(given),
  growth: await measureGrowth(given),
  storm: await measureStorm(given),
  footprint: await measureFootprint(given),
}
writePages(results)
process.exit(0)

/** The pages show this run beside the one before it. */
function writePages(run: Results): void {
  const before: JudgedRun[] = existsSync(runsFile) ? JSON.parse(readFileSync(runsFile, 'utf8')) : []
  const runs = [...before, { date: run.date, machine: run.machine, targets: judge(run) }].slice(-2)
  writeFileSync(runsFile, `${JSON.stringify(runs, null, 2)}\n`)
  writePart(join(root, 'docs', 'performance.md'), describePerformance(run, runs))
  writePart(join(root, 'docs', 'scale.md'), describeScale(run))
  drawPictures(join(root, 'docs', 'pictures'), run)
  for (const { what, goal, found, isMet } of runs.at(-1)?.targets ?? []) {
    console.log(`${isMet ? 'met   ' : 'missed'}  ${what}: ${found}, target ${goal}`)
  }
}

/** Compares with the recorded floors, operation by operation; 1 where one is below. */
function checkFloors(found: Throughput): never {
  const text = readFileSync(join(import.meta.dirname, 'floors.json'), 'utf8')
  const floors: Record<'me' | 'unknown' | 'user' | 'refresh' | 'mix', Record<string, number>> = JSON.parse(text)
  let isWorse = false
  for (const operation of Object.keys(floors) as (keyof typeof floors)[]) {
    for (const [name, floor] of Object.entries(floors[operation])) {
      // Without Go there is no PocketBase.
      if (!found[operation].has(name)) continue
      const ratio = median(ratios(found[operation], 'Guestlist', name))
      const isBelow = !(ratio >= floor)
      isWorse ||= isBelow
      console.log(`${isBelow ? 'below' : 'good '}  ${operation}: ${ratio.toFixed(2)} × ${name}, floor ${floor}`)
    }
  }
  process.exit(isWorse ? 1 : 0)
}

function describeMachine(): string {
  const processor = cpus()[0]?.model ?? 'unknown'
  return `${availableParallelism()} cores (${processor}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux, Node ${process.version}`
}

function fail(reason: string): never {
  console.error(`bench: ${reason}`)
  process.exit(1)
}
