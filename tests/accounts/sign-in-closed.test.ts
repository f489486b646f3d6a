import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { assertProblem, goodPassword, registration } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { attempt, attemptRightly, behindProxy, failTimes } from '../helpers/sign-in-attempts.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const day = 86_400_000
const home = '198.51.100.7'
const stranger = '203.0.113.9'

/** Alice, who has signed in from home only. */
async function registerAtHome(server: TestServer, from = home): Promise<void> {
  const body = registration({ inviteCode: await server.mintInvite(1) })
  const headers = { 'X-Forwarded-For': from }
  const answer = await server.request('POST', '/api/auth/register', { body, headers })
  if (answer.status !== 201) throw new Error(answer.text)
}

/** As if so many wrong passwords had come in a row; only the last one does. */
async function failBefore(server: TestServer, times: number, options: { from: string; email?: string }): Promise<void> {
  await failTimes(server, 1, options)
  server.query('UPDATE sign_in_networks SET failures = ? WHERE failures = 1', times - 1)
  server.clock.advance(3_600_000)
  await failTimes(server, 1, options)
  server.clock.advance(3_600_000)
}

test('100 wrong passwords in a row close sign-in to strangers for good, and leave it open at home', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  await failTimes(server, 99, { from: stranger })
  t.is((await attempt(server, { from: stranger })).status, 401, 'the hundredth is judged')
  server.clock.advance(30 * day)
  for (const from of [stranger, '192.0.2.1', '2001:db8::1']) {
    const refused = await attemptRightly(server, from)
    assertProblem(t, refused, 429, 'rate_limited')
    t.is(refused.headers.get('retry-after'), '86400')
    t.regex(refused.body.detail, /Reset the password/)
  }
  t.is((await attemptRightly(server, home)).status, 200)
  assertProblem(t, await attemptRightly(server, stranger), 429, 'rate_limited')
})

test('99 wrong passwords and a right one do not close it', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  await failBefore(server, 99, { from: stranger })
  t.is((await attemptRightly(server, '192.0.2.1')).status, 200)
  await failTimes(server, 5, { from: '198.18.0.1' })
})

test('an address without an account is closed after 100 wrong passwords alike', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  await failBefore(server, 100, { from: stranger })
  await failBefore(server, 100, { from: stranger, email: 'nobody@example.com' })
  const known = await attempt(server, { from: stranger })
  const unknown = await attempt(server, { from: stranger, email: 'nobody@example.com' })
  assertProblem(t, unknown, 429, 'rate_limited')
  t.is(unknown.headers.get('retry-after'), '86400')
  t.is(unknown.text.replace(unknown.body.requestId, ''), known.text.replace(known.body.requestId, ''))
})

test('a known network is never closed: it waits an hour after each wrong password', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  await failBefore(server, 101, { from: home })
  await attempt(server, { from: home })
  const refused = await attempt(server, { from: home })
  t.is(refused.headers.get('retry-after'), '3600')
  server.clock.advance(3_600_000)
  t.is((await attemptRightly(server, home)).status, 200)
})

test('a home that has not signed in for 90 days is a stranger again', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  const registeredAt = server.clock.now()
  await failBefore(server, 100, { from: stranger })
  server.clock.advance(registeredAt + 90 * day - 1 - server.clock.now())
  t.is((await attemptRightly(server, home)).status, 200)
  server.clock.advance(90 * day - 1)
  t.is((await attempt(server, { from: home })).status, 401)
  server.clock.advance(1)
  assertProblem(t, await attemptRightly(server, home), 429, 'rate_limited')
})

test('a reset opens a closed account for everybody', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  await failBefore(server, 100, { from: stranger })
  for (let count = 0; count < 5; count += 1) await attempt(server, { from: home })
  assertProblem(t, await attemptRightly(server, home), 429, 'rate_limited')
  const password = 'a-new-secure-password'
  t.is((await resetPassword(server, await makeResetCodeFor(server), password)).status, 204)
  for (const from of [stranger, home]) {
    assertProblem(t, await attempt(server, { from, password: goodPassword }), 401, 'invalid_credentials')
    t.is((await attempt(server, { from, password })).status, 200)
  }
})
