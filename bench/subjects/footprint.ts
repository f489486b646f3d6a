import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createWriteStream, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { unbounded } from '../../server/passwords/hashing-bounds.ts'
import { defaultScryptCost, PasswordHashing } from '../../server/passwords/password-hashing.ts'
import { stepOf } from '../contenders/contender.ts'
import { prepareGuestlist, startGuestlist } from '../contenders/guestlist.ts'
import { loadByPlan } from '../load/client-load.ts'
import { fill } from '../load/plan.ts'
import { loadByWrk } from '../load/wrk.ts'
import { median } from '../statistics.ts'
import { measureStarts } from './starts.ts'
import type { BenchOptions } from './throughput.ts'

/** What the one-file program takes: milliseconds, megabytes, bytes, seconds. */
export interface Footprint {
  readonly bareNode: number
  readonly firstStart: number
  readonly laterStart: number
  readonly idle: number
  readonly underGet: number
  readonly underLogin: number
  readonly bytesAUser: number
  readonly mint: number
  readonly import: number
}

const root = join(import.meta.dirname, '..', '..')
const program = join(root, 'dist', 'guestlist-linux-x64')
const starts = 11
const idleSeconds = 10
const loadSeconds = 15
const people = 10_000
const rows = 100_000

export async function measureFootprint({ folder, port }: BenchOptions): Promise<Footprint> {
  console.error('bench: building the one-file program and starting it …')
  const build = [join(root, 'scripts', 'build-binary.ts')]
  execFileSync(process.execPath, build, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const { bareNode, first, later } = await measureStarts(program, starts)
  const own = join(folder, 'footprint')
  mkdirSync(own)
  return {
    bareNode: median(bareNode),
    firstStart: median(first),
    laterStart: median(later),
    ...(await measureMemory(own, port)),
    bytesAUser: measureBytes(own, port),
    ...(await timeCommands(own)),
  }
}

async function measureMemory(
  folder: string,
  port: number,
): Promise<Pick<Footprint, 'idle' | 'underGet' | 'underLogin'>> {
  const dataFile = join(folder, 'memory.db')
  const options = { dataFile, port, program, cores: 'all', people: prepareGuestlist(dataFile, port, people) } as const
  const afterLoad = async (operation: 'me' | 'login'): Promise<{ idle: number; loaded: number }> => {
    const server = await startGuestlist(options)
    const { process, people: askers } = server
    await delay(idleSeconds * 1000)
    const idle = process.residentMegabytes()
    const step = stepOf(server, operation)
    if (operation === 'me') {
      const requests = askers.map((person) => fill(step, person))
      await loadByWrk(process.url, requests, loadSeconds)
    } else await loadByPlan({ url: process.url, step, people: askers, connections: 16, seconds: loadSeconds })
    const loaded = process.residentMegabytes()
    await process.stop()
    return { idle, loaded }
  }
  const { idle, loaded: underGet } = await afterLoad('me')
  const { loaded: underLogin } = await afterLoad('login')
  return { idle, underGet, underLogin }
}

/** Each with a password, a session and a browser's name; what an empty file takes is not counted. */
function measureBytes(folder: string, port: number): number {
  const sizeOf = (count: number): number => {
    const file = join(folder, `bytes-${count}.db`)
    prepareGuestlist(file, port, count, 1)
    return statSync(file).size
  }
  return (sizeOf(rows) - sizeOf(1)) / rows
}

async function timeCommands(folder: string): Promise<Pick<Footprint, 'mint' | 'import'>> {
  const env = { PATH: process.env.PATH ?? '', HOME: folder, DATABASE_URL: `file:${join(folder, 'commands.db')}` }
  const time = (...args: string[]): number => {
    const beganAt = performance.now()
    execFileSync(program, args, { env, stdio: 'ignore', maxBuffer: 2 ** 28 })
    return (performance.now() - beganAt) / 1000
  }
  const csv = join(folder, 'people.csv')
  await writePeople(csv)
  time('invites', 'mint')
  return { mint: time('invites', 'mint', '--count', String(rows), '--json'), import: time('import', csv) }
}

async function writePeople(file: string): Promise<void> {
  const hash = await new PasswordHashing(defaultScryptCost, randomBytes, unbounded).hash('a-secure-password')
  const passwordHash = Buffer.from(hash).toString('base64')
  const out = createWriteStream(file)
  out.write('email,username,displayName,passwordHash\n')
  for (let index = 0; index < rows; index += 1) {
    out.write(`member-${index}@example.com,member-${index},Member ${index},${passwordHash}\n`)
  }
  out.end()
  await finished(out)
}
