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

/** As if so many wrong passwords had come by now; only the last one does. */
async function failBefore(server: TestServer, times: number, options: { from: string; email?: string }): Promise<void> {
  await failTimes(server, 1, options)
  server.clock.advance(3_600_000)
  const now = server.clock.now()
  const leaks = "(? - 1) * CASE network WHEN '*' THEN 43200000 ELSE 86400000 END"
  server.query(`UPDATE sign_in_failures SET failed_at = ?, forgotten_at = ? + ${leaks}`, now - 3_600_000, now, times)
  server.query(
    `UPDATE known_networks SET failed_at = ?, forgotten_at = ? + (? - 1) * 86400000 WHERE failed_at > 0`,
    now,
    now,
    times,
  )
  server.clock.advance(3_600_000)
  await failTimes(server, 1, options)
}

test('100 wrong passwords close sign-in to strangers, and leave it open at home', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  await failBefore(server, 99, { from: stranger })
  server.clock.advance(3_600_000)
  t.is((await attempt(server, { from: stranger })).status, 401, 'the hundredth is judged')
  for (const from of [stranger, '192.0.2.1', '2001:db8::1']) {
    const refused = await attemptRightly(server, from)
    assertProblem(t, refused, 429, 'rate_limited')
    t.true(Number(refused.headers.get('retry-after')) <= 12 * 3600)
    t.regex(refused.body.detail, /Reset the password/)
  }
  t.is((await attemptRightly(server, home)).status, 200)
})

test('a closed account takes one try of strangers every 12 hours: whoever moves to another network gets in', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  await failBefore(server, 100, { from: stranger })
  const refused = await attemptRightly(server, '192.0.2.1')
  assertProblem(t, refused, 429, 'rate_limited')
  server.clock.advance(Number(refused.headers.get('retry-after')) * 1000 - 1000)
  assertProblem(t, await attemptRightly(server, '192.0.2.1'), 429, 'rate_limited')
  server.clock.advance(1000)
  t.is((await attemptRightly(server, '192.0.2.1')).status, 200)
})

test('a sign-in from a known network opens a closed account for ten tries of strangers, and for no more', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  await failBefore(server, 100, { from: stranger })
  assertProblem(t, await attemptRightly(server, '192.0.2.1'), 429, 'rate_limited')
  t.is((await attemptRightly(server, home)).status, 200)
  for (let count = 0; count < 9; count += 1) {
    t.is((await attempt(server, { from: `198.18.${count}.1` })).status, 401)
  }
  t.is((await attemptRightly(server, '192.0.2.1')).status, 200)
  for (let count = 0; count < 10; count += 1) {
    t.is((await attempt(server, { from: `198.19.${count}.1` })).status, 401)
  }
  assertProblem(t, await attempt(server, { from: '192.0.2.99' }), 401, 'invalid_credentials')
  assertProblem(t, await attemptRightly(server, '203.0.113.77'), 429, 'rate_limited')
})

test('a year of guessing from as many networks as an attacker likes is 830 guesses at one account, and no more', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  const { signInThrottle } = server.auth.deps
  const endsAt = server.clock.now() + 365 * day
  let guesses = 0
  let network = 0
  while (server.clock.now() < endsAt) {
    network += 1
    const address = `198.${18 + (network >> 8)}.${network % 256}.1`
    const outcome = await signInThrottle
      .attempt({ email: 'alice@example.com', address }, async () => false)
      .catch(() => undefined)
    if (outcome === false) guesses += 1
    else server.clock.advance(3 * 3_600_000)
  }
  t.true(guesses >= 800 && guesses <= 830, String(guesses))
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
  server.query(
    'UPDATE sign_in_failures SET failed_at = ?, forgotten_at = ?',
    server.clock.now(),
    server.clock.now() + 100 * day,
  )
  const known = await attempt(server, { from: stranger })
  const unknown = await attempt(server, { from: stranger, email: 'nobody@example.com' })
  assertProblem(t, unknown, 429, 'rate_limited')
  t.is(unknown.headers.get('retry-after'), known.headers.get('retry-after'))
  t.is(unknown.text.replace(unknown.body.requestId, ''), known.text.replace(known.body.requestId, ''))
})

test('a known network is never closed: it waits an hour after each wrong password', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  await failBefore(server, 101, { from: home })
  const refused = await attempt(server, { from: home })
  t.is(refused.headers.get('retry-after'), '3600')
  server.clock.advance(3_600_000)
  t.is((await attemptRightly(server, home)).status, 200)
})

test('a home that has not signed in for 90 days is a stranger again', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAtHome(server)
  const close = async (): Promise<void> => {
    await failTimes(server, 1, { from: stranger })
    const forgottenAt = server.clock.now() + 120 * day
    server.query("UPDATE sign_in_failures SET forgotten_at = ? WHERE network = '*'", forgottenAt)
  }
  server.clock.advance(90 * day - 1)
  await close()
  t.is((await attemptRightly(server, home)).status, 200)
  await close()
  server.clock.advance(90 * day - 1)
  t.is((await attempt(server, { from: home })).status, 401)
  await close()
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
