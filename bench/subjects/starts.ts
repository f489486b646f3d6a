import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findFreePort } from '../../scripts/find-free-port.ts'

/** One figure a round: milliseconds, and megabytes. */
export interface Starts {
  /** `node -e 0`, from its start to its end. */
  readonly bareNode: number[]
  /** Until it is ready, in an empty folder with no cache. */
  readonly first: number[]
  /** The same once more. */
  readonly later: number[]
  readonly residentSoonAfter: number[]
}

const residentAfterMs = 2000

/** Starts the one-file program in empty folders, with `node -e 0` in between. */
export async function measureStarts(program: string, rounds: number): Promise<Starts> {
  const starts: Starts = { bareNode: [], first: [], later: [], residentSoonAfter: [] }
  for (let round = 0; round < rounds; round += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'guestlist-start-'))
    try {
      starts.bareNode.push(await timeBareNode())
      starts.first.push(await timeStart(program, folder))
      starts.later.push(await timeStart(program, folder, starts.residentSoonAfter))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return starts
}

async function timeBareNode(): Promise<number> {
  const startedAt = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { env: {}, stdio: 'ignore' }), 'exit')
  return performance.now() - startedAt
}

/** From the start of the process to the first 200 of /readyz, in a folder with no settings but the port. */
async function timeStart(file: string, folder: string, memory?: number[]): Promise<number> {
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
    await delay(residentAfterMs)
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
