import test, { type ExecutionContext } from 'ava'
import { rotateDueKey } from '../../server/sessions/rotate-due-key.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, readToken, verifyOffline } from '../helpers/tokens.ts'

const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute

async function publishedKeys(server: TestServer): Promise<string[]> {
  const { body } = await server.request('GET', '/.well-known/jwks.json')
  return body.keys.map(({ kid }: { kid: string }) => kid)
}

const storedKeys = (server: TestServer): string[] =>
  server.query<{ id: string }>('SELECT id FROM signing_keys ORDER BY created_at').map(({ id }) => id)

const rotations = (server: TestServer): unknown[] =>
  server.query("SELECT user_id, details FROM audit_events WHERE event = 'signing_key.rotated'")

const kidOf = (token: string): unknown => readToken(token).header.kid

test('a key that is 30 days old is followed by a new one, which the audit trail and the log tell', async (t) => {
  const server = await startServer(t)
  const [first] = storedKeys(server)
  server.clock.advance(30 * day - 1)
  await server.auth.doSlowWork()
  t.deepEqual(storedKeys(server), [first])
  server.clock.advance(1)
  await server.auth.doSlowWork()
  await server.auth.doSlowWork()
  const [, next] = storedKeys(server)
  t.deepEqual(storedKeys(server), [first, next])
  t.deepEqual(rotations(server), [{ user_id: null, details: '{"by":"server"}' }])
  t.regex(server.log(), new RegExp(`"event":"signing_key.rotated","keyId":"${next}"`))
  t.deepEqual(await publishedKeys(server), [first, next], 'published before it signs')
  server.clock.advance(30 * day)
  await server.auth.doSlowWork()
  t.is(storedKeys(server).length, 3)
})

/** Several servers on one data file. */
async function startTogether(t: ExecutionContext, count: number): Promise<TestServer[]> {
  const first = await startServer(t)
  const others = Array.from({ length: count - 1 }, () => startServer(t, { file: first.file, clock: first.clock }))
  return [first, ...(await Promise.all(others))]
}

test('of several servers on one data file that find the key too old at once, one makes a new one', async (t) => {
  const servers = await startTogether(t, 4)
  const [server] = servers
  if (server === undefined) return t.fail()
  server.clock.advance(30 * day)
  await Promise.all(servers.flatMap(({ auth }) => [rotateDueKey(auth.deps), rotateDueKey(auth.deps)]))
  t.is(storedKeys(server).length, 2)
  t.is(rotations(server).length, 1)
})

test('the key that one server made is published by the other long before either signs with it', async (t) => {
  const [one, other] = await startTogether(t, 2)
  if (one === undefined || other === undefined) return t.fail()
  await registerPerson(one)
  await publishedKeys(other)
  one.clock.advance(30 * day)
  await one.auth.doSlowWork()
  const [firstKey, secondKey] = storedKeys(one)
  one.clock.advance(second)
  t.deepEqual(await publishedKeys(other), [firstKey, secondKey])
  one.clock.advance(10 * minute - second - 1)
  for (const server of [one, other]) t.is(kidOf((await logIn(server)).body.token), firstKey)
  one.clock.advance(1)
  for (const [signer, reader] of [
    [one, other],
    [other, one],
  ] as const) {
    const { token } = (await logIn(signer)).body
    t.is(kidOf(token), secondKey)
    t.is((await getMe(reader, token)).status, 200)
    t.true(await verifyOffline(reader, token))
  }
  await other.auth.doSlowWork()
  t.is(storedKeys(other).length, 2, 'the other need not make one')
})

/** Looks for a key that is due by a clock that is wrong for a while. */
async function bewilder({ auth, clock }: TestServer, byMs: number): Promise<void> {
  clock.advance(byMs)
  await rotateDueKey(auth.deps)
  clock.advance(-byMs)
}

test('a clock that was put back makes no new key', async (t) => {
  const server = await startServer(t)
  for (const byMs of [-day, -1000 * day]) await bewilder(server, byMs)
  t.is(storedKeys(server).length, 1)
})

test('a key of a clock that ran ahead signs nothing before its time, and keeps no other from following', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await bewilder(server, 100 * day)
  t.is(storedKeys(server).length, 2)
  const first = kidOf(token)
  t.is((await getMe(server, token)).status, 200)
  t.is(kidOf((await logIn(server)).body.token), first)
  server.clock.advance(30 * day)
  await server.auth.doSlowWork()
  server.clock.advance(10 * minute)
  const { token: next } = (await logIn(server)).body
  t.is(storedKeys(server).length, 3)
  t.not(kidOf(next), first)
  t.true(await verifyOffline(server, next))
  t.is((await getMe(server, next)).status, 200)
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
})
