// Measures how long the one-file program takes until it is ready, and its memory: node scripts/binary/measure-start.ts FILE [STARTS] [--json]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findFreePort } from '../find-free-port.ts'

const asJson = process.argv.includes('--json')
const [file = '', starts = '20'] = process.argv.slice(2).filter((each) => each !== '--json')
const idleAfterMs = 2000

const firstStarts: number[] = []
const laterStarts: number[] = []
const bare: number[] = []
const memory: number[] = []
for (let count = 0; count < Number(starts); count += 1) {
  const folder = mkdtempSync(join(tmpdir(), 'guestlist-start-'))
  try {
    bare.push(await timeBareNode())
    firstStarts.push(await timeStart(folder))
    laterStarts.push(await timeStart(folder, memory))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
if (asJson) {
  const medians = { bareNode: median(bare), firstStart: median(firstStarts), laterStart: median(laterStarts) }
  console.log(JSON.stringify(medians))
} else {
  report('node -e 0, to its end', bare, 'ms')
  report('ready, empty folder and no cache', firstStarts, 'ms')
  report('ready, second start', laterStarts, 'ms')
  report(`resident ${idleAfterMs / 1000} s later`, memory, 'MB')
}

async function timeBareNode(): Promise<number> {
  const startedAt = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { env: {}, stdio: 'ignore' }), 'exit')
  return performance.now() - startedAt
}

/** From the start of the process to the first 200 of /readyz, in a folder with no settings but the port. */
async function timeStart(folder: string, memory?: number[]): Promise<number> {
  const port = await findFreePort()
  const startedAt = performance.now()
  const child = spawn(resolve(file), ['serve'], { cwd: folder, env: { PORT: String(port) }, stdio: 'ignore' })
  const ended = once(child, 'exit')
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`)
    await delay(1)
  }
  const took = performance.now() - startedAt
  if (memory !== undefined) {
    await delay(idleAfterMs)
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
    memory.push(Number(kilobytes) / 1024)
  }
  child.kill('SIGTERM')
  await ended
  return took
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path: '/readyz', agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).on('error', () => resolve(false))
  })
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor((figures.length - 1) / 2)] ?? Number.NaN
}

function report(what: string, figures: readonly number[], unit: string): void {
  const sorted = figures.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1)
  console.log(`${what.padEnd(34)} median ${at(0.5)} ${unit}, least ${at(0)}, most ${at(1)} (${sorted.length} times)`)
}
