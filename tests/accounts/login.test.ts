import test from 'ava'
import { signIn } from '../helpers/account-requests.ts'
import { assertProblem, goodPassword, logIn, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

test('a login answers a token and the user, and opens a session of its own', async (t) => {
  const server = await startServer(t)
  const alice = await registerPerson(server)
  const answer = await logIn(server)
  t.is(answer.status, 200)
  t.deepEqual(Object.keys(answer.body).sort(), ['token', 'user'])
  t.deepEqual(answer.body.user, alice.user)
  for (const { token } of [alice, answer.body]) {
    t.is((await server.request('GET', '/api/auth/me', { token })).status, 200)
  }
  t.is(server.query('SELECT id FROM sessions').length, 2)
})

test('20 right logins at once all succeed', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const answers = await Promise.all(Array.from({ length: 20 }, () => logIn(server)))
  t.deepEqual(
    answers.map(({ status }) => status),
    Array.from({ length: 20 }, () => 200),
  )
  t.is(server.query('SELECT id FROM sessions').length, 21)
})

test('whatever strings do not match are invalid credentials, however strange', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const emails = ['', 'alice', ' alice@example.com', 'alice@example.com\0', '\ud800@example.com', "' OR 1=1 --", '%']
  for (const email of [...emails, 'a'.repeat(8000)]) {
    assertProblem(t, await signIn(server, email), 401, 'invalid_credentials')
  }
  const passwords = ['', ' ', `${goodPassword} `, goodPassword.toUpperCase(), '\ud800', `${goodPassword}\0`]
  for (const [index, password] of [...passwords, 'x'.repeat(15_000)].entries()) {
    if (index >= 5) server.clock.advance(3_600_000)
    assertProblem(t, await signIn(server, 'alice@example.com', password), 401, 'invalid_credentials')
  }
  t.is(server.query('SELECT id FROM sessions').length, 1)
})

test('a bot, and an account without a password, cannot log in', async (t) => {
  const server = await startServer(t)
  for (const username of ['robot', 'linked']) await registerPerson(server, username)
  server.query('UPDATE users SET password_hash = NULL')
  server.query("UPDATE users SET is_bot = 1 WHERE username = 'robot'")
  for (const username of ['robot', 'linked']) {
    for (const password of [goodPassword, '', 'null']) {
      assertProblem(t, await logIn(server, username, password), 401, 'invalid_credentials')
    }
  }
  t.is(server.query('SELECT id FROM sessions').length, 2)
})

test('a disabled account is told so only after the right password', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  server.query('UPDATE users SET disabled_at = ?', server.clock.now())
  assertProblem(t, await logIn(server, 'alice', 'not-the-right-one'), 401, 'invalid_credentials')
  assertProblem(t, await logIn(server), 403, 'account_disabled')
  t.is(server.query('SELECT id FROM sessions').length, 1)
})

test('the tokens of a disabled account belong to an ended session', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  server.query('UPDATE users SET disabled_at = ?', server.clock.now())
  const body = { displayName: 'Changed' }
  assertProblem(t, await server.request('GET', '/api/auth/me', { token }), 401, 'session_ended')
  assertProblem(t, await server.request('PATCH', '/api/auth/me', { token, body }), 401, 'session_ended')
  assertProblem(t, await server.request('POST', '/api/auth/refresh', { token }), 401, 'session_ended')
  const { token: bob } = await registerPerson(server, 'bob')
  const profile = await server.request('GET', `/api/auth/users/${user.id}`, { token: bob })
  t.is(profile.body.displayName, 'alice')
})

test('no login leaves a password or a token in the log', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const { body } = await logIn(server)
  await logIn(server, 'alice', 'wrong-password-typed')
  for (const secret of [goodPassword, 'wrong-password-typed', body.token, 'alice@example.com']) {
    t.false(server.log().includes(secret), secret)
  }
})
