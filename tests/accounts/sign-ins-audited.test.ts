import test from 'ava'
import { register, signIn } from '../helpers/account-requests.ts'
import { auditEvents } from '../helpers/audit.ts'

import { logIn, registerPerson } from '../helpers/people.ts'
import { wrongPassword } from '../helpers/sign-in-attempts.ts'
import { startServer } from '../helpers/start-server.ts'
import { sessionIdOf } from '../helpers/tokens.ts'

const minute = 60_000

test('registration and each sign-in are audited with their session, a wrong password without one', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  await logIn(server, 'alice', wrongPassword)
  const { body } = await logIn(server)
  const failure = { user_id: user.id, session_id: null, details: null }
  t.deepEqual(auditEvents(server), [
    { ...failure, event: 'account.registered', session_id: sessionIdOf(token) },
    { ...failure, event: 'sign_in.failed' },
    { ...failure, event: 'sign_in.succeeded', session_id: sessionIdOf(body.token) },
  ])
})

test('a registration that is repeated is a sign-in, and one with a wrong password a failed one', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  const headers = { 'Idempotency-Key': 'a-key' }
  await register(server, { inviteCode }, headers)
  await register(server, { inviteCode, password: 'not-the-right-one' }, headers)
  const { body } = await register(server, { inviteCode }, headers)
  const [, failed, succeeded] = auditEvents(server)
  t.like(failed, { event: 'sign_in.failed', user_id: body.user.id })
  t.like(succeeded, { event: 'sign_in.succeeded', session_id: sessionIdOf(body.token) })
})

test('failures are recorded as they are counted: as many at once as may fail, and none that is put off', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  await Promise.all(Array.from({ length: 20 }, () => logIn(server, 'alice', wrongPassword)))
  t.is(auditEvents(server, 'sign_in.failed').length, 5)
  const counted = 'SELECT (forgotten_at - failed_at) / 86400000 AS failures FROM known_networks'
  t.deepEqual(server.query(counted), [{ failures: 5 }])
})

test('of addresses without an account one event a minute tells how many failed, and nothing else', async (t) => {
  const server = await startServer(t)
  const guess = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, index) => signIn(server, `nobody${index}@example.com`)))
  const events = () => auditEvents(server, 'sign_in.failed')
  const event = { event: 'sign_in.failed', user_id: null, session_id: null }
  await guess(7)
  t.deepEqual(events(), [{ ...event, details: '{"attempts":1}' }])
  server.clock.advance(minute - 1)
  await guess(4)
  await server.auth.doSlowWork()
  t.is(events().length, 1)
  server.clock.advance(1)
  await guess(1)
  t.deepEqual(events().at(1), { ...event, details: '{"attempts":11}' })
  t.is(events().length, 2)
})

test('the last failures before a pause are recorded too, once', async (t) => {
  const server = await startServer(t)
  for (let count = 0; count < 3; count += 1) await signIn(server, 'nobody@example.com')
  server.clock.advance(minute)
  for (let count = 0; count < 3; count += 1) {
    await server.auth.doSlowWork()
    server.clock.advance(minute)
  }
  t.deepEqual(
    auditEvents(server).map(({ details }) => details),
    ['{"attempts":1}', '{"attempts":2}'],
  )
})

test('a failure at an account does not wait for those at unknown addresses', async (t) => {
  const server = await startServer(t)
  const { user } = await registerPerson(server)
  for (let count = 0; count < 2; count += 1) {
    await signIn(server, 'nobody@example.com', wrongPassword)
    await logIn(server, 'alice', wrongPassword)
  }
  t.deepEqual(
    auditEvents(server, 'sign_in.failed').map(({ user_id }) => user_id),
    [null, user.id, user.id],
  )
})

test('how many failed that was not told yet is told when the server stops', async (t) => {
  const server = await startServer(t)
  for (const name of ['nobody0', 'nobody1', 'nobody2']) await signIn(server, `${name}@example.com`)
  t.is(auditEvents(server, 'sign_in.failed').length, 1)
  await server.stop()
  const details = auditEvents(server, 'sign_in.failed').map((event) => event.details)
  t.deepEqual(details, ['{"attempts":1}', '{"attempts":2}'])
})
