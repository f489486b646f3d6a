import test from 'ava'
import { auditEvents } from '../helpers/audit.ts'
import { openStream } from '../helpers/event-streams.ts'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, refresh, refreshed, sessionIdOf, sessionRow } from '../helpers/tokens.ts'

const endSession = (server: TestServer, token: string, id: string) =>
  server.request('DELETE', `/api/auth/sessions/${id}`, { token })

test('one device ends the session of another: its next request is session_ended, and nobody else’s is', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const stolen = (await logIn(server)).body.token
  const third = (await logIn(server)).body.token
  const bob = await registerPerson(server, 'bob')
  for (const each of [token, stolen, third, bob.token]) t.is((await getMe(server, each)).status, 200)
  const answer = await endSession(server, token, sessionIdOf(stolen))
  t.is(answer.status, 204)
  t.is(answer.text, '')
  assertProblem(t, await getMe(server, stolen), 401, 'session_ended')
  assertProblem(t, await refresh(server, stolen), 401, 'session_ended')
  for (const each of [token, third, bob.token]) t.is((await getMe(server, each)).status, 200)
  t.like(sessionRow(server, stolen), { ended_at: server.clock.now(), end_reason: 'ended_by_owner' })
  const event = { event: 'session.ended', user_id: user.id, session_id: sessionIdOf(stolen), details: null }
  t.deepEqual(auditEvents(server, 'session.ended'), [event])
})

test('whoever was online in the ended session only is offline, and its stream of presence ends', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const phone = (await logIn(server)).body.token
  const stream = await openStream(t, server, phone)
  await server.request('POST', '/api/auth/disconnect', { token })
  t.true(server.auth.deps.presence.isOnline(user.id))
  t.is((await endSession(server, token, sessionIdOf(phone))).status, 204)
  await stream.ended
  await server.request('POST', '/api/auth/disconnect', { token })
  t.false(server.auth.deps.presence.isOnline(user.id))
})

test('the session of the request ends like any other', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const other = (await logIn(server)).body.token
  t.is((await endSession(server, token, sessionIdOf(token).toUpperCase())).status, 204)
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
  t.is((await getMe(server, other)).status, 200)
})

test('somebody else’s session, and what is no live session, is not found, and nothing ends', async (t) => {
  const server = await startServer(t)
  const { token: expired, user } = await registerPerson(server)
  const token = (await logIn(server)).body.token
  const ended = (await logIn(server)).body.token
  await server.request('POST', '/api/auth/logout', { token: ended })
  const bob = await registerPerson(server, 'bob')
  server.query('UPDATE sessions SET expires_at = ? WHERE id = ?', server.clock.now(), sessionIdOf(expired))
  const ids = {
    'of bob': sessionIdOf(bob.token),
    ended: sessionIdOf(ended),
    expired: sessionIdOf(expired),
    'of a user': user.id,
    unknown: '01990000-0000-7000-8000-000000000001',
    'no UUID': 'session-id',
    'in braces': `{${sessionIdOf(token)}}`,
    longer: `${sessionIdOf(token)}0`,
  }
  const before = server.query('SELECT * FROM sessions')
  t.is(before.length, 4)
  const events = auditEvents(server, 'session.ended')
  t.deepEqual(await outcomesOf(t, ids, (id) => endSession(server, token, id)), allOf(ids, '404 not_found'))
  t.deepEqual(server.query('SELECT * FROM sessions'), before)
  t.deepEqual(auditEvents(server, 'session.ended'), events)
  for (const each of [token, bob.token]) t.is((await getMe(server, each)).status, 200)
})

test('of parallel ends of one session one succeeds, and it is written down once', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const id = sessionIdOf((await logIn(server)).body.token)
  const answers = await Promise.all(Array.from({ length: 5 }, () => endSession(server, token, id)))
  t.deepEqual(answers.map(({ status }) => status).sort(), [204, 404, 404, 404, 404])
  t.is(auditEvents(server, 'session.ended').length, 1)
})

test('a refresh that is under way does not bring an ended session back', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const phone = (await logIn(server)).body.token
  const [ended, answer] = await Promise.all([
    endSession(server, token, sessionIdOf(phone)),
    refreshed(server, phone).catch(() => phone),
  ])
  t.is(ended.status, 204)
  assertProblem(t, await getMe(server, answer), 401, 'session_ended')
  assertProblem(t, await refresh(server, answer), 401, 'session_ended')
})
