import test from 'ava'
import { rotateSigningKey } from '../../server/sessions/signing-keys.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, readToken, refresh, refreshed, verifyOffline } from '../helpers/tokens.ts'

const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute

async function rotate({ auth }: TestServer, at = auth.deps.now()): Promise<string> {
  return (await auth.deps.db.transaction().execute(async (trx) => await rotateSigningKey(trx, at))).id
}

async function publishedKeys(server: TestServer): Promise<string[]> {
  const { body } = await server.request('GET', '/.well-known/jwks.json')
  return body.keys.map(({ kid }: { kid: string }) => kid)
}

const kidOf = (token: string): unknown => readToken(token).header.kid

test('a new key is published at once and signs 10 minutes later', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const oldKey = String(kidOf(token))
  const newKey = await rotate(server)
  server.clock.advance(second)
  t.deepEqual(await publishedKeys(server), [oldKey, newKey])
  server.clock.advance(10 * minute - second - 1)
  t.is(kidOf((await logIn(server)).body.token), oldKey)
  server.clock.advance(1)
  const signed = (await logIn(server)).body.token
  t.is(kidOf(signed), newKey)
  t.true(await verifyOffline(server, signed))
  t.is((await getMe(server, signed)).status, 200)
  t.is((await getMe(server, token)).status, 200)
})

test('the old key stays published until the last token it signed is dead, and 5 minutes', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const [oldKey = ''] = await publishedKeys(server)
  const newKey = await rotate(server)
  server.clock.advance(10 * minute - 1)
  const last = (await logIn(server)).body.token
  t.is(kidOf(last), oldKey)
  server.clock.advance(20 * minute)
  t.deepEqual(await publishedKeys(server), [oldKey, newKey])
  t.true(server.clock.now() >= Number(readToken(last).claims.exp) * 1000 + 5 * minute)
  t.true(await verifyOffline(server, last))
  server.clock.advance(1)
  t.deepEqual(await publishedKeys(server), [newKey])
})

test('a token of the old key refreshes for as long as its session lives, and then gets the new key', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const newKey = await rotate(server)
  server.clock.advance(10 * minute - 1)
  const last = (await logIn(server)).body.token
  server.clock.advance(30 * day - 1)
  t.deepEqual(await publishedKeys(server), [newKey])
  const next = await refreshed(server, last)
  t.is(kidOf(next), newKey)
  t.is((await getMe(server, next)).status, 200)
  server.clock.advance(31 * day)
  assertProblem(t, await refresh(server, last), 401, 'session_ended')
  server.clock.advance(120 * day)
  assertProblem(t, await refresh(server, last), 401, 'token_invalid')
})

test('a rotation forgets the keys that no living session can hold a token of, and no other', async (t) => {
  const server = await startServer(t)
  const first = String(kidOf((await registerPerson(server)).token))
  const stored = () => server.query<{ id: string }>('SELECT id FROM signing_keys').map(({ id }) => id)
  const second = await rotate(server)
  server.clock.advance(10 * minute + 180 * day - 1)
  const third = await rotate(server)
  t.deepEqual(stored().sort(), [first, second, third].sort())
  server.clock.advance(1)
  const fourth = await rotate(server)
  t.deepEqual(stored().sort(), [second, third, fourth].sort())
})

test('several rotations in a row sign nobody out', async (t) => {
  const server = await startServer(t)
  let { token } = await registerPerson(server)
  for (const gap of [0, 0, minute, 5 * minute, 11 * minute, day]) {
    await rotate(server)
    server.clock.advance(gap)
    token = await refreshed(server, token)
    t.is((await getMe(server, token)).status, 200)
    t.true(await verifyOffline(server, token))
  }
})

test('what another process rotates, this one notices', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const other = await startServer(t, { file: server.file, clock: server.clock })
  const newKey = await rotate(other)
  server.clock.advance(second)
  t.true((await publishedKeys(server)).includes(newKey))
  server.clock.advance(10 * minute - second)
  t.is(kidOf((await logIn(server)).body.token), newKey)
  t.is((await getMe(other, token)).status, 200)
})

test('a token of a key that this process has not read yet is known a second later', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const other = await startServer(t, { file: server.file, clock: server.clock })
  server.clock.advance(second)
  const newKey = await rotate(other, server.clock.now() - 10 * minute)
  const { token } = (await logIn(other)).body
  t.is(kidOf(token), newKey)
  t.is((await getMe(server, token)).status, 200)
})

test('no request fails while keys are rotated', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  for (const takesOver of [0, 10 * minute]) {
    const rounds = Array.from({ length: 25 }, async (_, index) => {
      if (index % 5 === 0) await rotate(server, server.clock.now() - takesOver)
      const { status, body } = await refresh(server, token)
      return status === 200 ? (await getMe(server, body.token)).status : status
    })
    t.deepEqual(
      await Promise.all(rounds),
      rounds.map(() => 200),
    )
    server.clock.advance(second)
  }
})
