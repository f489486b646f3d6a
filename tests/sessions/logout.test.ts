import test from 'ava'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, refresh, refreshed, sessionRow } from '../helpers/tokens.ts'

test('logout ends this session for good, and no other', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const other = (await logIn(server)).body.token
  const bob = await registerPerson(server, 'bob')
  const answer = await server.request('POST', '/api/auth/logout', { token })
  t.is(answer.status, 204)
  t.is(answer.text, '')
  t.like(sessionRow(server, token), { ended_at: server.clock.now(), end_reason: 'logged_out' })
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
  assertProblem(t, await refresh(server, token), 401, 'session_ended')
  assertProblem(t, await server.request('POST', '/api/auth/logout', { token }), 401, 'session_ended')
  for (const each of [other, bob.token]) {
    t.is((await getMe(server, each)).status, 200)
    t.is((await refresh(server, each)).status, 200)
  }
  t.deepEqual(server.query("SELECT id FROM audit_events WHERE event = 'session.token_reused'"), [])
})

test('logout ends all tokens of the session, of whatever generation', async (t) => {
  const server = await startServer(t)
  const { token: old } = await registerPerson(server)
  const current = await refreshed(server, old)
  t.is((await server.request('POST', '/api/auth/logout', { token: old })).status, 204)
  for (const token of [old, current]) {
    assertProblem(t, await getMe(server, token), 401, 'session_ended')
    assertProblem(t, await refresh(server, token), 401, 'session_ended')
  }
})

test('two logouts at once both end well, and the session ends once', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => server.request('POST', '/api/auth/logout', { token })),
  )
  t.true(answers.some(({ status }) => status === 204))
  t.true(answers.every(({ status, body }) => status === 204 || body.code === 'session_ended'))
  t.is(sessionRow(server, token).end_reason, 'logged_out')
})

test('no token is in the log, whatever became of it', async (t) => {
  const server = await startServer(t)
  const { token: first } = await registerPerson(server)
  const signedIn = (await logIn(server)).body.token
  const second = await refreshed(server, first)
  await getMe(server, second)
  await server.request('POST', '/api/auth/disconnect', { body: { token: second } })
  await server.request('POST', '/api/auth/disconnect', { body: `{"token":"${second}"` })
  await getMe(server, `${second}x`)
  server.clock.advance(31_000)
  assertProblem(t, await refresh(server, first), 401, 'token_reused')
  await server.request('POST', '/api/auth/logout', { token: signedIn })
  await getMe(server, signedIn)
  for (const part of [first, second, signedIn].flatMap((token) => token.split('.').slice(1))) {
    t.false(server.log().includes(part.slice(0, 20)))
  }
})
