import test from 'ava'
import { register, resetPassword, signIn } from '../helpers/account-requests.ts'
import { auditEvents } from '../helpers/audit.ts'
import { duringNextHashing } from '../helpers/during-hashing.ts'
import { takePassword } from '../helpers/oauth-accounts.ts'
import { outcomeOf } from '../helpers/outcomes.ts'
import { changeEmail, changePassword, getAccount } from '../helpers/own-account.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { wrongPassword } from '../helpers/sign-in-attempts.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, refreshed, sessionIdOf } from '../helpers/tokens.ts'

const other = 'alice@elsewhere.example'

const emails = (server: TestServer): unknown[] =>
  server.query<{ email: string }>('SELECT email FROM users ORDER BY email').map(({ email }) => email)

test('the account answers with the new address, which signs in from then on; sessions go on', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const { body: second } = await logIn(server)
  const { body: before } = await getAccount(server, token)
  const answer = await changeEmail(server, token, other)
  t.is(answer.status, 200)
  t.deepEqual(answer.body, { ...before, email: other })
  t.deepEqual((await getAccount(server, token)).body, answer.body)
  assertProblem(t, await logIn(server), 401, 'invalid_credentials')
  t.deepEqual((await signIn(server, other)).body.user, user)
  for (const each of [token, second.token]) t.is((await getMe(server, await refreshed(server, each))).status, 200)
})

test('letter case may change, and an unchanged address changes nothing', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const code = await makeResetCodeFor(server)
  t.is((await changeEmail(server, token, 'alice@example.com')).status, 200)
  t.deepEqual(auditEvents(server, 'email.changed'), [])
  t.is((await resetPassword(server, 'UNKNOWN', 'a-new-secure-password')).status, 403)
  t.is(server.query('SELECT code_hash FROM password_reset_codes').length, 1)
  t.is((await changeEmail(server, token, 'Alice@Example.COM')).body.email, 'Alice@Example.COM')
  t.is((await signIn(server, 'aLICE@example.com')).status, 200)
  assertProblem(t, await resetPassword(server, code, 'a-new-secure-password'), 403, 'reset_code_invalid')
})

test('an address that somebody has is refused, in whatever letter case, and nothing changes', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await registerPerson(server, 'bob')
  const code = await makeResetCodeFor(server)
  for (const email of ['bob@example.com', 'BOB@example.com']) {
    assertProblem(t, await changeEmail(server, token, email), 409, 'email_taken')
    assertProblem(t, await changeEmail(server, token, email, wrongPassword), 401, 'invalid_credentials')
  }
  t.deepEqual(emails(server), ['alice@example.com', 'bob@example.com'])
  t.deepEqual(auditEvents(server, 'email.changed'), [])
  t.is((await resetPassword(server, code, 'a-new-secure-password')).status, 204)
})

test('what is no address is refused as at registration', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  for (const email of [
    '',
    'alice',
    'alice@',
    '@example.com',
    'a b@example.com',
    `${'a'.repeat(250)}@example.com`,
    null,
  ]) {
    const answer = await changeEmail(server, token, email)
    assertProblem(t, answer, 422, 'validation_failed')
    t.is(answer.body.errors[0].path, 'email')
  }
  t.deepEqual(emails(server), ['alice@example.com'])
})

test('wrong passwords change nothing, and count as those at sign-in do', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  for (let count = 0; count < 5; count += 1) {
    assertProblem(t, await changeEmail(server, token, other, wrongPassword), 401, 'invalid_credentials')
  }
  assertProblem(t, await changeEmail(server, token, other), 429, 'rate_limited')
  assertProblem(t, await changePassword(server, token), 429, 'rate_limited')
  assertProblem(t, await logIn(server), 429, 'rate_limited')
  t.deepEqual(emails(server), ['alice@example.com'])
  t.is(auditEvents(server, 'sign_in.failed').filter(({ user_id }) => user_id === user.id).length, 5)
})

test('who has no password and gives one is told to leave it out', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  takePassword(server, user.id)
  const answer = await changeEmail(server, token, other)
  assertProblem(t, answer, 401, 'invalid_credentials')
  t.regex(answer.body.detail, /no password yet/)
})

test('of two people who move to one address at once one arrives', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const tokens = [token, bob.token]
  const answers = await Promise.all(tokens.map((each) => changeEmail(server, each, 'one@example.com')))
  t.deepEqual(answers.map(outcomeOf).sort(), ['200', '409 email_taken'])
  t.is(server.query("SELECT id FROM users WHERE email_key = 'one@example.com'").length, 1)
  t.is(auditEvents(server, 'email.changed').length, 1)
})

test('the address of before is free, and what was known of its sign-ins is forgotten', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const [before] = server.query<{ account_key: Buffer }>('SELECT account_key FROM known_networks')
  await changeEmail(server, token, other)
  const rows = server.query<{ account_key: Buffer }>('SELECT * FROM known_networks')
  t.is(rows.length, 1)
  t.like(rows[0], { network: '127.0.0.0/24', failed_at: null, signed_in_at: server.clock.now() })
  t.notDeepEqual(rows[0]?.account_key, before?.account_key)
  const answer = await register(server, { username: 'another', inviteCode: await server.mintInvite(1) })
  t.is(answer.status, 201)
})

test('the new address is refused as a password, the one of before is not', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await changeEmail(server, token, other)
  const change = (newPassword: string) => changePassword(server, token, { newPassword })
  assertProblem(t, await change(other), 422, 'weak_password')
  t.is((await change('alice@wonderland.example.org')).status, 200)
})

test('a change is audited by id alone, and no address is logged', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  await changeEmail(server, token, other)
  t.deepEqual(auditEvents(server, 'email.changed'), [
    { event: 'email.changed', user_id: user.id, session_id: sessionIdOf(token), details: null },
  ])
  t.notRegex(server.log(), /alice@/)
})

test('a password that is changed, or a session that ends, while the password is verified stops the change', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  duringNextHashing(server, () => changePassword(server, token))
  assertProblem(t, await changeEmail(server, token, other), 401, 'invalid_credentials')
  duringNextHashing(server, () => server.request('POST', '/api/auth/logout', { token }))
  assertProblem(t, await changeEmail(server, token, other, 'a-new-secure-password'), 401, 'session_ended')
  t.deepEqual(emails(server), ['alice@example.com'])
  t.deepEqual(auditEvents(server, 'email.changed'), [])
})

test('a login with the address of before that is under way leaves nothing behind under it', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  duringNextHashing(server, () => changeEmail(server, token, other))
  t.is((await logIn(server)).status, 200)
  t.is(server.query('SELECT network FROM known_networks').length, 1)
  assertProblem(t, await logIn(server), 401, 'invalid_credentials')
})
