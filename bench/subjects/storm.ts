import { join } from 'node:path'
import { type Contender, type Operation, stepOf } from '../contenders/contender.ts'
import { prepareGuestlist, startGuestlist } from '../contenders/guestlist.ts'
import { loadByPlan } from '../load/client-load.ts'
import type { BenchOptions } from './throughput.ts'

/** Everybody at once, after a restart. */
export interface Storm {
  readonly what: string
  readonly clients: number
  /** Until the last was answered. */
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  readonly errors: number
  /** Megabytes in memory afterwards, with all of them online. */
  readonly resident: number
}

const clients = 100_000
const connections = 256

/** Clients that come back all at once to a server that knows none of them: with a token that is good, or by a refresh. */
export async function measureStorm({ folder, port }: BenchOptions): Promise<Storm[]> {
  console.error(`bench: ${clients} clients come back after a restart …`)
  const dataFile = join(folder, 'storm.db')
  const people = prepareGuestlist(dataFile, port, clients)
  const storms: Storm[] = []
  const kinds: [Operation, string][] = [
    ['me', 'each asks who it is, with a good token'],
    ['refresh', 'each refreshes its token'],
  ]
  for (const [operation, what] of kinds) {
    const server = await startGuestlist({ dataFile, port, cores: 'one', people })
    storms.push({ what, clients, ...(await comeBack(server, operation)), resident: server.process.residentMegabytes() })
    await server.process.stop()
  }
  return storms
}

async function comeBack(server: Contender, operation: Operation) {
  const plan = { url: server.process.url, step: stepOf(server, operation), people: server.people, connections }
  const { requests: answered, perSecond, p50, p99, errors } = await loadByPlan({ ...plan, seconds: 0, once: true })
  return { seconds: answered / perSecond, p50, p99, errors }
}
