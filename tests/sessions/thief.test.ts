import test from 'ava'
import { Chance } from '../helpers/chance.ts'
import { logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, refresh, sessionIdOf } from '../helpers/tokens.ts'

const second = 1000

/** Two who hold copies of one token. Each presents the newest that reached it, and may use it at once or never. */
class Theft {
  readonly server: TestServer
  readonly tokens: Record<string, string>
  readonly users: string
  readonly codes: string[] = []

  constructor(server: TestServer, token: string, users: string) {
    this.server = server
    this.tokens = { owner: token, thief: token }
    this.users = users
  }

  static async open(server: TestServer, users: string): Promise<Theft> {
    return new Theft(server, (await logIn(server)).body.token, users)
  }

  /** A refresh; then a request with the new token, if this one makes any and the answer has arrived. */
  async act(who: string, isLost = false): Promise<void> {
    const { status, body } = await refresh(this.server, this.tokens[who] ?? '')
    this.codes.push(status === 200 ? 'ok' : body.code)
    if (status !== 200 || isLost) return
    this.tokens[who] = body.token
    if (this.users.includes(who)) await getMe(this.server, body.token)
  }

  get outcome(): string {
    return this.codes.join(' ')
  }
}

const everyOrder = (length: number): string[][] =>
  length === 0
    ? [[]]
    : everyOrder(length - 1).flatMap((order) => [
        [...order, 'owner'],
        [...order, 'thief'],
      ])

/** Where the session changes hands for the second time; beyond the end if it never does. */
function secondChange(order: readonly string[]): number {
  const changes = order.flatMap((who, index) => (index > 0 && who !== order[index - 1] ? [index] : []))
  return changes[1] ?? order.length
}

for (const users of ['owner and thief', 'owner', 'thief', 'nobody']) {
  test(`in every order of refreshes, theft ends the session by the second change of hands (used by ${users})`, async (t) => {
    const server = await startServer(t)
    await registerPerson(server)
    const scenes = []
    for (const order of everyOrder(4)) scenes.push({ order, theft: await Theft.open(server, users) })
    for (const step of [0, 1, 2, 3]) {
      server.clock.advance(31 * second)
      await Promise.all(scenes.map(({ order, theft }) => theft.act(order[step] ?? '')))
    }
    for (const { order, theft } of scenes) {
      t.regex(theft.outcome, /^(ok ?)*(token_reused( session_ended)*)?$/, order.join(' '))
      const firstRefusal = theft.codes.findIndex((code) => code !== 'ok')
      const isAlone = new Set(order).size === 1
      if (isAlone) t.is(firstRefusal, -1)
      else if (secondChange(order) < order.length) {
        t.true(firstRefusal > 0 && firstRefusal <= secondChange(order), `${order.join(' ')}: ${theft.outcome}`)
      }
    }
  })
}

/** Whatever came before: once both refresh on, more than 30 seconds apart, they are found out. */
async function settle(server: TestServer, theft: Theft): Promise<void> {
  for (const who of ['owner', 'thief', 'owner']) {
    server.clock.advance(31 * second)
    await theft.act(who)
  }
}

async function actAtRandom(server: TestServer, theft: Theft, chance: Chance): Promise<void> {
  for (let step = 0; step < 12; step += 1) {
    server.clock.advance(chance.oneOf([0, 1, 10, 29, 31, 600, 1200]) * second)
    await theft.act(chance.oneOf(['owner', 'thief']), chance.once(4))
  }
}

for (const seed of [1, 2]) {
  test(`after random refreshes and lost answers of both, theft is still uncovered (${seed})`, async (t) => {
    const chance = new Chance(seed)
    const server = await startServer(t)
    await registerPerson(server)
    for (let count = 0; count < 8; count += 1) {
      const theft = await Theft.open(server, chance.oneOf(['owner and thief', 'owner']))
      await actAtRandom(server, theft, chance)
      await settle(server, theft)
      t.regex(theft.outcome, /^(ok )*token_reused( session_ended)*$/)
      const events = server.query(
        "SELECT id FROM audit_events WHERE event = 'session.token_reused' AND session_id = ?",
        sessionIdOf(theft.tokens.owner ?? ''),
      )
      t.is(events.length, 1)
    }
  })
}
