import test from 'ava'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, readToken, refresh, refreshed, sessionIdOf, sessionRow } from '../helpers/tokens.ts'

const day = 86_400_000

test('a session lives SESSION_TTL from its last refresh', async (t) => {
  const server = await startServer(t, { settings: { SESSION_TTL: '7d' } })
  const { token } = await registerPerson(server)
  t.is(sessionRow(server, token).expires_at, server.clock.now() + 7 * day)
  server.clock.advance(7 * day - 1)
  const next = await refreshed(server, token)
  t.is(sessionRow(server, token).expires_at, server.clock.now() + 7 * day)
  server.clock.advance(7 * day - 1)
  t.is((await refresh(server, next)).status, 200)
})

test('after SESSION_TTL without a refresh the session is over, however the token is presented', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  server.clock.advance(30 * day)
  assertProblem(t, await refresh(server, token), 401, 'session_ended')
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
  t.is(sessionRow(server, token).generation, 1)
  t.deepEqual(server.query("SELECT id FROM audit_events WHERE event = 'session.token_reused'"), [])
})

test('requests and repeated answers do not make a session live longer', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const expiresAt = server.clock.now() + 30 * day
  server.clock.advance(10_000)
  await getMe(server, token)
  t.is(sessionRow(server, token).expires_at, expiresAt)
  await refreshed(server, token)
  server.clock.advance(10_000)
  await refreshed(server, token)
  t.is(sessionRow(server, token).expires_at, expiresAt + 10_000)
})

test('refreshed again and again, a session lives 180 days', async (t) => {
  const server = await startServer(t)
  let { token } = await registerPerson(server)
  const end = server.clock.now() + 180 * day
  for (let days = 0; days < 174; days += 29) {
    server.clock.advance(29 * day)
    token = await refreshed(server, token)
  }
  t.is(sessionRow(server, token).expires_at, end)
  server.clock.advance(6 * day - 1)
  token = await refreshed(server, token)
  t.is(sessionRow(server, token).expires_at, end)
  server.clock.advance(1)
  assertProblem(t, await refresh(server, token), 401, 'session_ended')
  t.is((await logIn(server)).status, 200)
})

test('a longer SESSION_TTL does not lift the 180 days', async (t) => {
  const server = await startServer(t, { settings: { SESSION_TTL: '365d' } })
  const { token } = await registerPerson(server)
  t.is(sessionRow(server, token).expires_at, server.clock.now() + 180 * day)
})

test('no token says that it lives longer than its session', async (t) => {
  const server = await startServer(t)
  let { token } = await registerPerson(server)
  const end = server.clock.now() + 180 * day
  for (let days = 0; days < 174; days += 29) {
    server.clock.advance(29 * day)
    token = await refreshed(server, token)
  }
  server.clock.advance(6 * day - 60_000)
  t.is(readToken(await refreshed(server, token)).claims.exp, end / 1000)
})

test('a new sign-in clears away what is left of the person’s expired sessions, and of nobody else’s', async (t) => {
  const server = await startServer(t)
  const alice = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  server.clock.advance(15 * day)
  const later = (await logIn(server)).body.token
  server.clock.advance(15 * day)
  await logIn(server)
  const ids = server.query<{ id: string }>('SELECT id FROM sessions').map(({ id }) => id)
  t.is(ids.length, 3)
  t.false(ids.includes(sessionIdOf(alice.token)))
  t.true(ids.includes(sessionIdOf(bob.token)) && ids.includes(sessionIdOf(later)))
  assertProblem(t, await refresh(server, alice.token), 401, 'session_ended')
})
