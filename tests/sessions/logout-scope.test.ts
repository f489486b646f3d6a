import test from 'ava'
import { auditEvents } from '../helpers/audit.ts'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'
import { createOwnBot } from '../helpers/own-bots.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import type { RequestOptions } from '../helpers/send.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, refresh, sessionIdOf, sessionRow } from '../helpers/tokens.ts'

const logout = (server: TestServer, token: string, options: RequestOptions = {}) =>
  server.request('POST', '/api/auth/logout', { token, ...options })

async function signInThrice(server: TestServer): Promise<[string, string, string]> {
  const { token } = await registerPerson(server)
  return [token, (await logIn(server)).body.token, (await logIn(server)).body.token]
}

const onlyThis: Record<string, RequestOptions> = {
  'no body': {},
  'no body, but a media type': { headers: { 'content-type': 'application/json' } },
  'an empty object': { body: {} },
  'the scope "this"': { body: { scope: 'this' } },
}

for (const [name, options] of Object.entries(onlyThis)) {
  test(`with ${name} the session of the request ends, and no other`, async (t) => {
    const server = await startServer(t)
    const [token, ...others] = await signInThrice(server)
    const answer = await logout(server, token, options)
    t.is(answer.status, 204)
    t.is(answer.text, '')
    assertProblem(t, await getMe(server, token), 401, 'session_ended')
    t.is(sessionRow(server, token).end_reason, 'logged_out')
    for (const other of others) t.is((await getMe(server, other)).status, 200)
  })
}

test('with "others" all sessions but that of the request end', async (t) => {
  const server = await startServer(t)
  const [token, ...others] = await signInThrice(server)
  const bob = await registerPerson(server, 'bob')
  for (const each of [token, ...others, bob.token]) t.is((await getMe(server, each)).status, 200)
  t.is((await logout(server, token, { body: { scope: 'others' } })).status, 204)
  for (const other of others) {
    assertProblem(t, await getMe(server, other), 401, 'session_ended')
    assertProblem(t, await refresh(server, other), 401, 'session_ended')
    t.is(sessionRow(server, other).end_reason, 'logged_out')
  }
  for (const each of [token, bob.token]) {
    t.is((await getMe(server, each)).status, 200)
    t.is((await refresh(server, each)).status, 200)
  }
  const events = auditEvents(server, 'session.ended')
  t.deepEqual(events.map(({ session_id }) => session_id).sort(), others.map(sessionIdOf).sort())
  t.is((await logout(server, token, { body: { scope: 'others' } })).status, 204, 'also where there are none')
  t.is(auditEvents(server, 'session.ended').length, 2)
})

test('with "all" every session ends, each is written down, and nobody else notices', async (t) => {
  const server = await startServer(t)
  const tokens = await signInThrice(server)
  const bob = await registerPerson(server, 'bob')
  const { token: ofBot } = await createOwnBot(server, tokens[0])
  t.is((await logout(server, tokens[1], { body: { scope: 'all' } })).status, 204)
  for (const token of tokens) {
    assertProblem(t, await getMe(server, token), 401, 'session_ended')
    assertProblem(t, await refresh(server, token), 401, 'session_ended')
  }
  for (const token of [bob.token, ofBot]) t.is((await getMe(server, token)).status, 200)
  const events = auditEvents(server, 'session.ended')
  t.deepEqual(events.map(({ session_id }) => session_id).sort(), tokens.map(sessionIdOf).sort())
  t.is((await logIn(server)).status, 200)
})

test('a session that has expired is not written down as ended', async (t) => {
  const server = await startServer(t)
  const { token: old } = await registerPerson(server)
  const token = (await logIn(server)).body.token
  server.query('UPDATE sessions SET expires_at = ? WHERE id = ?', server.clock.now(), sessionIdOf(old))
  t.is((await logout(server, token, { body: { scope: 'all' } })).status, 204)
  t.deepEqual(
    auditEvents(server, 'session.ended').map(({ session_id }) => session_id),
    [sessionIdOf(token)],
  )
})

const text = { 'content-type': 'text/plain' }
const refused: Record<string, { options: RequestOptions; outcome: string }> = {
  'another scope': { options: { body: { scope: 'everything' } }, outcome: '422 validation_failed' },
  'a scope that is null': { options: { body: { scope: null } }, outcome: '422 validation_failed' },
  'two scopes': { options: { body: { scope: ['this', 'others'] } }, outcome: '422 validation_failed' },
  'an unknown field': { options: { body: { scope: 'all', token: 'x' } }, outcome: '422 validation_failed' },
  'an array': { options: { body: [] }, outcome: '422 validation_failed' },
  'half an object': { options: { body: '{"scope"' }, outcome: '400 malformed_request' },
  'text/plain': { options: { body: '{}', headers: text }, outcome: '415 unsupported_media_type' },
  'more than 16 KiB': { options: { body: '{}'.padEnd(20_000) }, outcome: '413 body_too_large' },
}

test('a body that is not understood ends nothing', async (t) => {
  const server = await startServer(t)
  const tokens = await signInThrice(server)
  const outcomes = await outcomesOf(t, refused, ({ options }) => logout(server, tokens[0], options))
  t.deepEqual(outcomes, Object.fromEntries(Object.entries(refused).map(([name, { outcome }]) => [name, outcome])))
  for (const token of tokens) t.is((await getMe(server, token)).status, 200)
})

test('who asks is judged before what they send', async (t) => {
  const server = await startServer(t)
  const outcomes = await outcomesOf(t, refused, ({ options }) => server.request('POST', '/api/auth/logout', options))
  t.deepEqual(outcomes, allOf(refused, '401 token_missing'))
})
