import test from 'ava'
import { resetPassword, signIn } from '../helpers/account-requests.ts'
import { auditEvents } from '../helpers/audit.ts'
import { addBot } from '../helpers/bots.ts'
import { takePassword } from '../helpers/oauth-accounts.ts'
import { changePassword, newPassword } from '../helpers/own-account.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { wrongPassword } from '../helpers/sign-in-attempts.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { generationOf, getMe, refresh, refreshed, sessionIdOf, sessionRow } from '../helpers/tokens.ts'

/** All that a change may write, but when bots and people were seen. */
const stateOf = (server: TestServer): unknown => [
  server.query('SELECT id, email, password_hash FROM users'),
  server.query('SELECT * FROM sessions'),
  server.query('SELECT * FROM password_reset_codes'),
]

test('a password change ends every other session at once, and this one goes on with a fresh token', async (t) => {
  const server = await startServer(t)
  const first = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const { body: second } = await logIn(server)
  const token = await refreshed(server, first.token)
  await getMe(server, second.token)
  server.clock.advance(1000)

  const answer = await changePassword(server, token)
  t.is(answer.status, 200)
  t.deepEqual(Object.keys(answer.body), ['token'])
  t.not(answer.body.token, token)
  t.deepEqual([sessionIdOf(answer.body.token), generationOf(answer.body.token)], [sessionIdOf(token), 3])
  for (const request of [getMe, refresh]) {
    assertProblem(t, await request(server, second.token), 401, 'session_ended')
    for (const live of [answer.body.token, bob.token]) t.is((await request(server, live)).status, 200)
  }
  t.like(sessionRow(server, second.token), { ended_at: server.clock.now(), end_reason: 'password_changed' })
  t.like(sessionRow(server, token), { ended_at: null })
  assertProblem(t, await logIn(server), 401, 'invalid_credentials')
  t.is((await logIn(server, 'alice', newPassword)).status, 200)
  t.is((await logIn(server, 'bob')).status, 200)
})

test('the token of before authenticates on, and its session is not taken for a stolen one', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { body: fresh } = await changePassword(server, token)
  t.is((await getMe(server, token)).status, 200)
  server.clock.advance(60_000)
  const last = await refreshed(server, fresh.token)
  t.is((await getMe(server, last)).status, 200)
})

test('a copy of the token from before a password change is noticed when both are refreshed', async (t) => {
  const server = await startServer(t)
  const { token: copied } = await registerPerson(server)
  const { body: fresh } = await changePassword(server, copied)
  await getMe(server, fresh.token)
  server.clock.advance(31_000)
  assertProblem(t, await refresh(server, copied), 401, 'token_reused')
  assertProblem(t, await refresh(server, fresh.token), 401, 'session_ended')
})

test('when the answer to a password change is lost, the token of before can still be exchanged', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  t.is((await changePassword(server, token)).status, 200)
  server.clock.advance(16 * 60_000)
  const next = await refreshed(server, token)
  t.is((await getMe(server, next)).status, 200)
})

test('a wrong current password changes nothing', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  await logIn(server)
  await makeResetCodeFor(server)
  const before = stateOf(server)
  for (const currentPassword of [wrongPassword, '', `${newPassword}\0`, 'x'.repeat(8000)]) {
    const answer = await changePassword(server, token, { currentPassword })
    assertProblem(t, answer, 401, 'invalid_credentials')
    t.is(answer.body.detail, 'The current password is wrong.')
  }
  t.deepEqual(stateOf(server), before)
  t.deepEqual(auditEvents(server, 'password.changed'), [])
  const failure = { event: 'sign_in.failed', user_id: user.id, session_id: sessionIdOf(token), details: null }
  t.deepEqual(auditEvents(server, 'sign_in.failed'), [failure, failure, failure, failure])
})

test('a new password that is weak, the own name or the current one is refused, before the current one is judged', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server, 'alice-in-wonderland')
  const before = stateOf(server)
  const weak = ['short', 'x'.repeat(129), '123456789987654321', 'Alice-in-Wonderland', 'secure-password']
  for (const password of [...weak, 'alice-in-wonderland@EXAMPLE.com', 'ｓｅｃｕｒｅ-password']) {
    const answer = await changePassword(server, token, { newPassword: password })
    assertProblem(t, answer, 422, 'weak_password')
    t.is(answer.body.errors[0].path, 'newPassword', 'the field is named as it is in the body')
  }
  const both = await changePassword(server, token, { currentPassword: wrongPassword, newPassword: 'short' })
  assertProblem(t, both, 422, 'weak_password')
  t.deepEqual(stateOf(server), before)
  t.deepEqual(auditEvents(server, 'sign_in.failed'), [], 'nor is it a guess')
  t.is((await changePassword(server, token)).status, 200)
})

test('guesses at the current password count as those at sign-in, and together with them', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const guess = () => changePassword(server, token, { currentPassword: wrongPassword })
  for (let count = 0; count < 3; count += 1) assertProblem(t, await guess(), 401, 'invalid_credentials')
  for (let count = 0; count < 2; count += 1) {
    assertProblem(t, await logIn(server, 'alice', wrongPassword), 401, 'invalid_credentials')
  }
  const before = stateOf(server)
  const refused = await changePassword(server, token)
  assertProblem(t, refused, 429, 'rate_limited')
  t.is(refused.headers.get('retry-after'), '60')
  assertProblem(t, await logIn(server), 429, 'rate_limited')
  t.deepEqual(stateOf(server), before)
  server.clock.advance(60_000)
  const { body, status } = await changePassword(server, token)
  t.is(status, 200, 'and the right one starts the count anew, as a sign-in does')
  for (let count = 0; count < 5; count += 1) {
    const answer = await changePassword(server, body.token, { currentPassword: wrongPassword })
    assertProblem(t, answer, 401, 'invalid_credentials')
  }
})

test('a bot has no password to change', async (t) => {
  const server = await startServer(t)
  const { user } = await registerPerson(server)
  const bot = await addBot(server, 'helper', user.id)
  assertProblem(t, await changePassword(server, bot.token), 403, 'person_required')
  t.is((await logIn(server)).status, 200)
})

test('who has no password and gives one is told to leave it out, and that is no guess', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  takePassword(server, user.id)
  const answer = await changePassword(server, token)
  assertProblem(t, answer, 401, 'invalid_credentials')
  t.regex(answer.body.detail, /no password yet\. Leave currentPassword out/)
  t.deepEqual(auditEvents(server, 'sign_in.failed'), [])
  t.is((await resetPassword(server, await makeResetCodeFor(server), newPassword)).status, 204)
})

test('a reset code made before sets no password after', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const code = await makeResetCodeFor(server)
  await changePassword(server, token)
  assertProblem(t, await resetPassword(server, code, 'yet-another-password'), 403, 'reset_code_invalid')
  t.is((await signIn(server, 'alice@example.com', newPassword)).status, 200)
})

test('a change is audited with the number of sessions that it ended, and no password is logged', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  for (let count = 0; count < 2; count += 1) await logIn(server)
  const { body } = await changePassword(server, token)
  t.deepEqual(auditEvents(server, 'password.changed'), [
    { event: 'password.changed', user_id: user.id, session_id: sessionIdOf(token), details: '{"sessions":2}' },
  ])
  for (const secret of ['secure-password', newPassword, body.token]) t.false(server.log().includes(secret))
})

test('the limit by address is that of sign-in', async (t) => {
  const settings = { RATE_LIMITS: 'on' }
  const server = await startServer(t, { settings, overrides: { rateLimitFactor: 0.2 } })
  const { token } = await registerPerson(server)
  await logIn(server)
  t.is((await changePassword(server, token)).status, 200)
  assertProblem(t, await changePassword(server, token), 429, 'rate_limited')
  t.is((await getMe(server, token)).status, 200)
})
