import test, { type ExecutionContext } from 'ava'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { insertAuditEvent } from '../../server/audit/audit-store.ts'
import { rotateSigningKey } from '../../server/sessions/signing-keys.ts'
import { openUntilEnd } from '../helpers/data-files.ts'
import { logIn, registerPerson } from '../helpers/people.ts'
import type { Answer } from '../helpers/send.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { readToken } from '../helpers/tokens.ts'

const minute = 60_000
/** As long as the answer allows. */
const keysKeptMs = 5 * minute

/** A backend that verifies offline with every set of keys that it may have kept. */
class Backend {
  readonly #server: TestServer
  #kept: { readonly fetchedAt: number; readonly keys: JSONWebKeySet }[] = []

  constructor(server: TestServer) {
    this.#server = server
  }

  async fetchKeys(): Promise<Answer> {
    const answer = await this.#server.request('GET', '/.well-known/jwks.json')
    this.#kept.push({ fetchedAt: this.#server.clock.now(), keys: answer.body })
    return answer
  }

  /** How many sets of keys knew the token; throws when one did not. */
  async verify(token: string): Promise<number> {
    const now = this.#server.clock.now()
    this.#kept = this.#kept.filter(({ fetchedAt }) => now - fetchedAt <= keysKeptMs)
    const options = { issuer: 'http://localhost:3000', audience: 'guestlist', currentDate: new Date(now) }
    for (const { keys } of this.#kept) await jwtVerify(token, createLocalJWKSet(keys), options)
    return this.#kept.length
  }
}

/** Somebody with a client, which exchanges its token when that has expired. */
class Client {
  readonly #server: TestServer
  readonly username: string
  token: string

  constructor(server: TestServer, username: string, token: string) {
    this.#server = server
    this.username = username
    this.token = token
  }

  async refresh(): Promise<Answer> {
    const answer = await this.#server.request('POST', '/api/auth/refresh', { token: this.token })
    this.token = answer.body.token
    return answer
  }

  /** What a client does: where the token has expired, it is exchanged first. */
  async use({ alsoRefreshes }: { alsoRefreshes: boolean }): Promise<Answer[]> {
    const isExpired = isOver(this.token, this.#server.clock.now())
    const refreshed = isExpired || alsoRefreshes ? [await this.refresh()] : []
    const me = await this.#server.request('GET', '/api/auth/me', { token: this.token })
    return [...refreshed, me]
  }
}

const isOver = (token: string, now: number): boolean => Number(readToken(token).claims.exp) * 1000 <= now

async function startClients(server: TestServer): Promise<Client[]> {
  const names = ['alice', 'bob', 'carol', 'dora']
  return await Promise.all(
    names.map(async (name) => new Client(server, name, (await registerPerson(server, name)).token)),
  )
}

/** A key rotated as the command does it, through a connection of its own. */
function prepareRotation(t: ExecutionContext, server: TestServer): () => Promise<string> {
  const { deps } = server.auth
  const db = openUntilEnd(t, server.file)
  return async () => {
    const { id } = await db.transaction().execute(async (trx) => {
      await insertAuditEvent(trx, deps, { event: 'signing_key.rotated', details: { by: 'operator' } })
      return await rotateSigningKey(trx, deps.now())
    })
    return id
  }
}

/** When requests come: around the moment when the new key signs, and until the last token of the old one is dead. */
const moment = 1 / minute
const rotatedIn = 2
const rounds = [0, 0.5, 1, 1 + moment, 3, 5, 8, 10, 11 - moment, 11, 11 + moment, 12, 14, 16, 21, 24, 26, 30, 31]

test('a rotation under load fails no request, and no backend that keeps the keys for 5 minutes refuses a token', async (t) => {
  const server = await startServer(t)
  const clients = await startClients(server)
  const backend = new Backend(server)
  const rotate = prepareRotation(t, server)
  const startedAt = server.clock.now()
  const [oldKey = ''] = server.query<{ id: string }>('SELECT id FROM signing_keys').map(({ id }) => id)
  const signers = new Set<unknown>()
  let held: string[] = []
  let newKey = ''
  let requests = 0

  const doRound = async (round: number): Promise<void> => {
    const clientAt = (index: number) => index === round % clients.length
    const work = clients.map((client, index) => client.use({ alsoRefreshes: clientAt(index) }))
    work.push(backend.fetchKeys().then((answer) => [answer]))
    // In the midst of the others.
    if (round === rotatedIn) newKey = await rotate()
    const logins = clients.filter((_, index) => !clientAt(index)).map(({ username }) => logIn(server, username))
    const answers = (await Promise.all([...work, Promise.all(logins)])).flat()
    requests += answers.length
    for (const { status, text } of answers) t.is(status, 200, text)
    for (const { body } of await Promise.all(logins)) held.push(body.token)
    held = held.filter((token) => !isOver(token, server.clock.now()))
    for (const token of [...clients.map((client) => client.token), ...held]) {
      t.true((await backend.verify(token)) > 0)
      signers.add(kidOf(token))
    }
  }

  for (const [round, minutes] of rounds.entries()) {
    server.clock.advance(startedAt + minutes * minute - server.clock.now())
    await doRound(round)
  }
  t.deepEqual([...signers], [oldKey, newKey])
  t.true(requests >= 150, `${requests} requests`)
  t.is(server.query('SELECT id FROM sessions WHERE ended_at IS NOT NULL').length, 0)
  const { body } = await server.request('GET', '/.well-known/jwks.json')
  t.deepEqual(
    body.keys.map(({ kid }: { kid: string }) => kid),
    [newKey],
    'the old one is published no more',
  )
})

const kidOf = (token: string): unknown => readToken(token).header.kid
