import test from 'ava'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, readToken, refreshed, signToken } from '../helpers/tokens.ts'

const minute = 60_000

test('a token that is both of an ended session and expired is answered session_ended', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await server.request('POST', '/api/auth/logout', { token })
  server.clock.advance(20 * minute)
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
})

test('a token that is both expired and badly signed is answered token_invalid', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  server.clock.advance(20 * minute)
  const [header, claims] = token.split('.')
  assertProblem(t, await getMe(server, `${header}.${claims}.${'A'.repeat(86)}`), 401, 'token_invalid')
})

test('a generation above the stored one is session_ended, also when expired', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  server.clock.advance(20 * minute)
  const ahead = signToken(server, { ...readToken(token).claims, gen: 2 })
  assertProblem(t, await getMe(server, ahead), 401, 'session_ended')
})

test('a missing token is told before an unknown media type, a body that is no JSON and an unknown id', async (t) => {
  const server = await startServer(t)
  const headers = { 'content-type': 'text/csv' }
  assertProblem(t, await server.request('PATCH', '/api/auth/me', { body: '{', headers }), 401, 'token_missing')
  assertProblem(t, await server.request('PATCH', '/api/auth/me', { body: '{' }), 401, 'token_missing')
  assertProblem(t, await server.request('GET', '/api/auth/users/nobody'), 401, 'token_missing')
})

const badName = { 'guestlist-connection': 'not a name' }
const named = ['GET /api/auth/me', 'POST /api/auth/refresh', 'POST /api/auth/disconnect'].map((each) => each.split(' '))

for (const [method = '', path = ''] of named) {
  test(`${method} ${path}: everything about the token is told before a bad Guestlist-Connection`, async (t) => {
    const server = await startServer(t)
    const { token } = await registerPerson(server)
    const ask = (given?: string) =>
      server.request(method, path, { headers: badName, ...(given === undefined ? {} : { token: given }) })
    assertProblem(t, await ask(), 401, 'token_missing')
    assertProblem(t, await ask('garbage'), 401, 'token_invalid')
    assertProblem(t, await ask(token), 422, 'validation_failed')
    const next = await refreshed(server, token)
    await server.request('POST', '/api/auth/logout', { token: next })
    assertProblem(t, await ask(next), 401, 'session_ended')
  })
}

test('a refresh with a bad Guestlist-Connection moves nothing', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const before = server.query('SELECT * FROM sessions')
  const answer = await server.request('POST', '/api/auth/refresh', { token, headers: badName })
  assertProblem(t, answer, 422, 'validation_failed')
  t.deepEqual(server.query('SELECT * FROM sessions'), before)
})
