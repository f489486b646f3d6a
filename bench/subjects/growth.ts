import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Contender, stepOf } from '../contenders/contender.ts'
import { prepareGuestlist, startGuestlist } from '../contenders/guestlist.ts'
import { loadByPlan } from '../load/client-load.ts'
import { fill, type Person } from '../load/plan.ts'
import { loadByWrk } from '../load/wrk.ts'
import { median } from '../statistics.ts'
import { measureInTurn } from './in-turn.ts'
import type { BenchOptions } from './throughput.ts'
import { type Window, watch } from './window.ts'

/** What a data file of this many people, each with a session, costs. */
export interface Size {
  readonly people: number
  readonly megabytes: number
  /** Milliseconds from the start of the process to its first answer, from the sources. */
  readonly start: number
  readonly resident: number
  /** Requests a second, window by window. */
  readonly me: readonly number[]
  readonly user: readonly number[]
  readonly refresh: readonly number[]
  /** Seconds that a backup takes, proven, with the server running. */
  readonly backup: number
}

const sizes = [1000, 100_000, 1_000_000, 5_000_000]
const root = join(import.meta.dirname, '..', '..')
/** So many of them ask who they are, and about so many others from all over the file. */
const asking = 1000
const asked = 20_000

/** The same server on data files of several sizes, all alive at once on one core. */
export async function measureGrowth({ folder, port, cycles, seconds }: BenchOptions): Promise<Size[]> {
  const turns = { cycles, warmUps: 2 }
  const grown: { people: number; file: string; start: number; server: Contender; others: Person[] }[] = []
  for (const [index, people] of sizes.entries()) {
    console.error(`bench: making a data file of ${people} people …`)
    mkdirSync(join(folder, `size-${people}`))
    const file = join(folder, `size-${people}`, 'guestlist.db')
    const others = prepareGuestlist(file, port + index, people, Math.min(people, asked))
    const distance = Math.floor(others.length / asking)
    const askers = others.filter((_, number) => number % distance === 0)
    const beganAt = performance.now()
    const server = await startGuestlist({ dataFile: file, port: port + index, cores: 'one', people: askers })
    grown.push({ people, file, start: performance.now() - beganAt, server, others })
  }
  const entrantsOf = (measure: (server: Contender, others: Person[]) => Promise<Window>) =>
    grown.map(({ people, server, others }) => ({ name: String(people), measure: () => measure(server, others) }))
  const byWrk = (operation: 'me' | 'user') =>
    entrantsOf((server, others) => {
      const step = stepOf(server, operation)
      const requests = (operation === 'me' ? server.people : others).map((person) => fill(step, person))
      return watch(server.process, () => loadByWrk(server.process.url, requests, seconds))
    })
  const me = await measureInTurn('GET /me by size', byWrk('me'), turns)
  const user = await measureInTurn('GET /users/:id by size', byWrk('user'), turns)
  const refresh = await measureInTurn(
    'refresh by size',
    entrantsOf((server) => {
      const { process, people } = server
      return watch(process, async () => {
        const plan = { url: process.url, step: stepOf(server, 'refresh'), people, connections: 32, seconds }
        const result = await loadByPlan(plan)
        people.splice(0, people.length, ...result.people)
        return result
      })
    }),
    turns,
  )
  const measured: Size[] = []
  for (const { people, file, start, server } of grown) {
    const perSecond = (windows: Map<string, Window[]>) =>
      windows.get(String(people))?.map((each) => each.perSecond) ?? []
    measured.push({
      people,
      megabytes: statSync(file).size / 1e6,
      start,
      resident: median(me.get(String(people))?.map(({ resident }) => resident) ?? []),
      me: perSecond(me),
      user: perSecond(user),
      refresh: perSecond(refresh),
      backup: timeBackup(file),
    })
    await server.process.stop()
    rmSync(join(folder, `size-${people}`), { recursive: true })
  }
  return measured
}

/** With the server running, as it is done. */
function timeBackup(file: string): number {
  const beganAt = performance.now()
  execFileSync(process.execPath, [join(root, 'scripts', 'guestlist.ts'), 'backup'], {
    env: { ...process.env, DATABASE_URL: `file:${file}` },
    stdio: 'ignore',
  })
  return (performance.now() - beganAt) / 1000
}
