import { join } from 'node:path'
import { runScript } from '../bench-process.ts'
import { startBetterAuth } from '../contenders/better-auth.ts'
import { type Contender, type Operation, stepOf } from '../contenders/contender.ts'
import { prepareGuestlist, startGuestlist } from '../contenders/guestlist.ts'
import { startPocketBase } from '../contenders/pocketbase.ts'
import { loadByPlan } from '../load/client-load.ts'
import type { Plan } from '../load/plan.ts'
import { type Entrant, measureInTurn } from './in-turn.ts'
import type { BenchOptions, Windows } from './throughput.ts'
import { type Window, watch, windowOf } from './window.ts'

/** Milliseconds of `GET /me` at a steady rate, while nothing else happens and while logins take all that there is. */
export interface Latency extends Window {
  readonly idleP50: number
  readonly idleP99: number
}

export interface Hashing {
  readonly login: Windows
  readonly register: Windows
  readonly latency: Map<string, Latency[]>
  readonly settings: readonly string[]
}

const scryptAlone = join(import.meta.dirname, '..', 'contenders', 'scrypt-alone.ts')
const people = 10_000
const connections = 16
/** One hash takes a good part of a second, so that short windows would count parts of them. */
const windowSeconds = 8
const steadyRate = 200
const latencySeconds = 6

/** Hashes take all cores, so servers have all of them; the load takes next to nothing. */
export async function measureHashing({ folder, port, cycles }: BenchOptions): Promise<Hashing> {
  const dataFile = join(folder, 'hashing.db')
  const pocketBase = await startPocketBase(folder, port + 2, 'all')
  const contenders = [
    await startGuestlist({ dataFile, port, cores: 'all', people: prepareGuestlist(dataFile, port, people) }),
    await startBetterAuth({ folder, port: port + 1, cookieCache: 'off', cores: 'all' }),
    ...(pocketBase === undefined ? [] : [pocketBase]),
  ]
  const alone: Entrant<Window> = {
    name: 'scrypt alone, at Guestlist’s cost',
    measure: async () => windowOf(runScript<number>(scryptAlone, [String(windowSeconds)], 'all')),
  }
  // Everybody who registers has another number, in all windows together.
  let firstNumber = 1000
  const hashed = (contender: Contender, operation: 'login' | 'register'): Entrant<Window> => ({
    name: contender.name,
    measure: () =>
      watch(contender.process, async () => {
        const result = await loadByPlan({ ...planOf(contender, operation), seconds: windowSeconds, firstNumber })
        firstNumber += result.requests + connections
        return result
      }),
  })
  const turns = { cycles: Math.min(cycles, 5), warmUps: 1 }
  const login = await measureInTurn('login', [...contenders.map((each) => hashed(each, 'login')), alone], turns)
  const register = await measureInTurn(
    'register',
    [...contenders.map((each) => hashed(each, 'register')), alone],
    turns,
  )
  const latency = await measureInTurn(
    'GET /me while logins saturate',
    contenders.map((contender) => ({ name: contender.name, measure: () => measureLatency(contender) })),
    turns,
  )
  await Promise.all(contenders.map(({ process: server }) => server.stop()))
  return { login, register, latency, settings: contenders.map(({ name, hash }) => `${name}: ${hash}`) }
}

function planOf(contender: Contender, operation: Operation): Plan {
  const { process: server, people } = contender
  return { url: server.url, people, connections, seconds: latencySeconds, step: stepOf(contender, operation) }
}

async function measureLatency(contender: Contender): Promise<Latency> {
  const steady = { ...planOf(contender, 'me'), perSecond: steadyRate }
  const idle = await loadByPlan(steady)
  const loaded = await watch(contender.process, async () => {
    // They begin before and end after those that are measured.
    const logins = loadByPlan({ ...planOf(contender, 'login'), seconds: latencySeconds + 2 })
    const [me] = await Promise.all([
      new Promise((resolve) => setTimeout(resolve, 1000)).then(() => loadByPlan(steady)),
      logins,
    ])
    return me
  })
  return { ...loaded, idleP50: idle.p50, idleP99: idle.p99 }
}
