import { join } from 'node:path'
import { runScript } from '../bench-process.ts'
import { startBetterAuth } from '../contenders/better-auth.ts'
import { type Contender, type Operation, stepOf } from '../contenders/contender.ts'
import { prepareGuestlist, startGuestlist } from '../contenders/guestlist.ts'
import { startPocketBase } from '../contenders/pocketbase.ts'
import { startBareExpress, startExpressByHand, startNodeHttp } from '../contenders/scripts.ts'
import { loadByPlan } from '../load/client-load.ts'
import { fill, type LoadResult, type Person, type Request } from '../load/plan.ts'
import { loadByWrk } from '../load/wrk.ts'
import { type Entrant, measureInTurn } from './in-turn.ts'
import { type Window, watch, windowOf } from './window.ts'

export type Windows = Map<string, Window[]>

export interface Throughput {
  readonly me: Windows
  /** `GET /me` with tokens that are not known. */
  readonly unknown: Windows
  readonly user: Windows
  readonly refresh: Windows
  readonly mix: Windows
  readonly settings: readonly string[]
}

export interface BenchOptions {
  readonly folder: string
  readonly port: number
  readonly cycles: number
  readonly seconds: number
}

const rawCommits = join(import.meta.dirname, '..', 'contenders', 'raw-commits.ts')
/** Until 10,000 tokens are known and the code that answers is compiled. */
const warmUps = 3
const readers = 10_000
/** In each window others: as many as no window comes through, or the first would be known by its end. */
const strangersPerWindow = 20_000
const refreshers = 10_000
/** Of 100 requests of the mix, how many are which. */
const shares = { me: 90, user: 6, refresh: 4 }
const mixLength = 100_000

/** Servers on one core, the load on the other. */
export async function measureThroughput({ folder, port, cycles, seconds }: BenchOptions): Promise<Throughput> {
  const dataFile = join(folder, 'throughput.db')
  const turns = { cycles, warmUps }
  const allTurns = cycles + warmUps
  const mixRefreshes = (allTurns * mixLength * shares.refresh) / 100
  const count = readers + strangersPerWindow * allTurns + refreshers + mixRefreshes
  console.error(`bench: making ${count} people who are signed in …`)
  const everybody = prepareGuestlist(dataFile, port, count)
  const people = everybody.splice(0, readers)
  const strangers = Array.from({ length: allTurns }, () => everybody.splice(0, strangersPerWindow))
  const refreshing = everybody.splice(0, refreshers)
  const guestlist = await startGuestlist({ dataFile, port, cores: 'one', people })
  const pocketBase = await startPocketBase(folder, port + 6, 'one')
  const byHand = await startExpressByHand(port + 3, dataFile, people)
  const contenders = [
    guestlist,
    await startNodeHttp(port + 1),
    await startBareExpress(port + 2),
    byHand,
    await startBetterAuth({ folder, port: port + 4, cookieCache: 'off', cores: 'one' }),
    await startBetterAuth({ folder, port: port + 5, cookieCache: 'on', cores: 'one' }),
    ...(pocketBase === undefined ? [] : [pocketBase]),
  ]
  for (const contender of contenders) await checkAnswers(contender, ['me', 'user'])

  const byWrk = (name: string, server: Contender, requests: () => readonly Request[]): Entrant<Window> => {
    return { name, measure: () => watch(server.process, () => loadByWrk(server.process.url, requests(), seconds)) }
  }
  const asked = (operation: Operation, server: Contender, name = server.name, by = server.people) => {
    const step = stepOf(server, operation)
    const requests = by.map((person) => fill(step, person))
    return byWrk(name, server, () => requests)
  }
  const having = (operation: Operation) => contenders.filter(({ requests }) => requests[operation] !== undefined)
  const oneToken = people.map((person) => ({ ...person, token: people[0]?.token ?? '' }))
  const me = await measureInTurn(
    'GET /me',
    [
      ...contenders.map((contender) => asked('me', contender)),
      asked('me', guestlist, 'Guestlist, one token', oneToken),
    ],
    turns,
  )
  // Apart from the others: what it keeps of these pushes theirs out.
  const unknown = await measureInTurn(
    'GET /me with unknown tokens',
    [guestlist, byHand].map((contender) => {
      const [step, left] = [stepOf(contender, 'me'), [...strangers]]
      const newOnes = () => (left.pop() ?? []).map((person) => fill(step, person))
      const { name, measure } = byWrk(contender.name, contender, newOnes)
      return { name, measure: async () => refuseRepeats(await measure()) }
    }),
    turns,
  )
  const user = await measureInTurn(
    'GET /users/:id',
    having('user').map((contender) => asked('user', contender)),
    turns,
  )

  const rawFile = join(folder, 'raw.db')
  prepareGuestlist(rawFile, port, refreshers)
  const alone: Entrant<Window> = {
    name: 'better-sqlite3 alone',
    measure: async () => windowOf(runScript<number>(rawCommits, [rawFile, String(seconds)], 'one')),
  }
  const refreshed = having('refresh').map((contender) => {
    return refreshInTurn(contender, contender === guestlist ? refreshing : contender.people, seconds)
  })
  const refresh = await measureInTurn('refresh', [...refreshed, alone], turns)

  const mix = await measureInTurn(
    'mix',
    having('refresh').map((contender) => {
      const tokens = contender === guestlist ? everybody : contender.people
      return byWrk(contender.name, contender, () => mixOf(contender, tokens))
    }),
    turns,
  )
  await Promise.all(contenders.map(({ process: server }) => server.stop()))
  return { me, unknown, user, refresh, mix, settings: contenders.map(({ name, settings }) => `${name}: ${settings}`) }
}

/** A token that came twice in its window was known the second time. */
function refuseRepeats(window: Window): Window {
  if (window.requests <= strangersPerWindow) return window
  throw new Error(
    `${window.requests} requests in a window of ${strangersPerWindow} tokens: ask for shorter ones (--seconds)`,
  )
}

/** Each refresh of Guestlist's is somebody's first and only one: whoever refreshes has another token afterwards. */
function mixOf(contender: Contender, refreshers: Person[]): Request[] {
  const [me, user, refresh] = [stepOf(contender, 'me'), stepOf(contender, 'user'), stepOf(contender, 'refresh')]
  return Array.from({ length: mixLength }, (_, index) => {
    const person = contender.people[index % contender.people.length] as Person
    // 37 and 100 have no common divisor, so that the three are well mixed.
    const drawn = (index * 37) % 100
    if (drawn < shares.me) return fill(me, person)
    if (drawn < shares.me + shares.user) return fill(user, person)
    return fill(refresh, (refresh.renewsToken ? refreshers.pop() : person) ?? person)
  })
}

/** Whoever is refreshed goes on with the new token. */
function refreshInTurn(contender: Contender, people: Person[], seconds: number): Entrant<Window> {
  const { name, process: server } = contender
  const plan = { url: server.url, step: stepOf(contender, 'refresh'), connections: 32, seconds }
  const refreshAll = async (): Promise<LoadResult> => {
    const result = await loadByPlan({ ...plan, people })
    if (result.people.length > 0) people.splice(0, people.length, ...result.people)
    return result
  }
  return { name, measure: () => watch(server, refreshAll) }
}

/** wrk looks at the status only, so the first and the last are read before anything is measured. */
async function checkAnswers(contender: Contender, operations: readonly Operation[]): Promise<void> {
  const { name, process: server, people, requests } = contender
  const steps = operations.flatMap((operation) => requests[operation] ?? [])
  for (const step of steps) {
    for (const person of [people[0], people.at(-1)]) {
      const { path, headers } = fill(step, person ?? {})
      const answer = await fetch(server.url + path, { headers })
      const text = await answer.text()
      if (answer.status === step.status && text.includes(step.expected)) continue
      throw new Error(`${name} answers ${answer.status} to ${path}: ${text}`)
    }
  }
}
