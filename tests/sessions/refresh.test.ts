import test from 'ava'
import { registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { generationOf, getMe, readToken, refresh, refreshed, sessionRow } from '../helpers/tokens.ts'

const second = 1000
const minute = 60 * second

test('a refresh answers a token of the next generation of the same session, and nothing else', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  server.clock.advance(5 * minute)
  const answer = await refresh(server, token)
  t.is(answer.status, 200)
  t.deepEqual(Object.keys(answer.body), ['token'])
  const { claims } = readToken(answer.body.token)
  t.like(claims, { sub: user.id, sid: readToken(token).claims.sid, gen: 2, iat: server.clock.now() / second })
  t.like(sessionRow(server, token), { generation: 2, base_generation: 1, rotated_at: server.clock.now() })
  t.is((await getMe(server, answer.body.token)).status, 200)
  t.is(server.query('SELECT id FROM sessions').length, 1)
})

test('a refresh needs no body, and ignores one', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  t.is(generationOf((await refresh(server, token, { body: { token: 'other' } })).body.token), 2)
})

test('within 30 seconds of the rotation the token before is answered the same generation, and no row changes', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const first = await refreshed(server, token)
  const row = sessionRow(server, token)
  for (const ms of [0, 10 * second, 20 * second - 1]) {
    server.clock.advance(ms)
    const again = await refreshed(server, token)
    t.is(generationOf(again), 2)
    t.not(readToken(again).claims.jti, readToken(first).claims.jti)
    t.is((await getMe(server, again)).status, 200)
  }
  t.deepEqual(sessionRow(server, token), row)
})

test('later, while nobody has used its answer, it moves the session on, and may do so again', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const expected = [2, 3, 4, 5]
  for (const generation of expected) {
    const next = await refreshed(server, token)
    t.is(generationOf(next), generation)
    t.like(sessionRow(server, token), { generation, base_generation: 1, ended_at: null })
    server.clock.advance(30 * second)
  }
})

test('a lost answer is given again within 30 seconds also after it moved the session on', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await refreshed(server, token)
  server.clock.advance(10 * minute)
  t.is(generationOf(await refreshed(server, token)), 3)
  server.clock.advance(29 * second)
  t.is(generationOf(await refreshed(server, token)), 3)
})

test('the answer to a lost answer goes on as any other token', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await refreshed(server, token)
  server.clock.advance(day)
  const found = await refreshed(server, token)
  t.is((await getMe(server, found)).status, 200)
  server.clock.advance(day)
  t.is(generationOf(await refreshed(server, found)), 4)
  t.like(sessionRow(server, token), { base_generation: 3, ended_at: null })
})

const day = 24 * 60 * minute

test('any unexpired token of a live session authenticates, whatever its generation', async (t) => {
  const server = await startServer(t)
  const { token: first } = await registerPerson(server)
  const second = await refreshed(server, first)
  const third = await refreshed(server, second)
  server.clock.advance(5 * minute)
  for (const token of [first, second, third]) t.is((await getMe(server, token)).status, 200)
  t.like(sessionRow(server, first), { generation: 3, ended_at: null })
})

test('two sessions of one person move on their own', async (t) => {
  const server = await startServer(t)
  const { token: one } = await registerPerson(server)
  const body = { email: 'alice@example.com', password: 'secure-password' }
  const { token: two } = (await server.request('POST', '/api/auth/login', { body })).body
  t.is(generationOf(await refreshed(server, await refreshed(server, one))), 3)
  t.like(sessionRow(server, two), { generation: 1, base_generation: null })
  t.is(generationOf(await refreshed(server, two)), 2)
})
