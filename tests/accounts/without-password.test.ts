import test from 'ava'
import { minute } from '../../server/durations.ts'
import { addPerson } from '../helpers/add-person.ts'
import { auditEvents } from '../helpers/audit.ts'
import { runBeside } from '../helpers/commands.ts'
import { fiveProviders, linkAccount, linkedIds } from '../helpers/oauth-accounts.ts'
import { getAccount, newPassword } from '../helpers/own-account.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

const setPassword = (server: TestServer, token: string, body: Record<string, unknown> = {}) =>
  server.request('POST', '/api/auth/password', { token, body: { newPassword, ...body } })

const setEmail = (server: TestServer, token: string, email = 'alice@example.com') =>
  server.request('PATCH', '/api/auth/account', { token, body: { email } })

/** As somebody is who has joined through a provider. */
async function addNewcomer(server: TestServer) {
  const person = await addPerson(server)
  server.query('UPDATE users SET email = NULL, email_key = NULL')
  linkAccount(server, person.user.id)
  return person
}

test('who joined through a provider sees an account without an address, and only ways in that work', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token } = await addNewcomer(server)
  t.like((await getAccount(server, token)).body, { email: null, hasPassword: false, signInMethods: ['github'] })
})

test('soon after a sign-in they set an address and then a password, and sign in with these', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token } = await addNewcomer(server)
  const tooEarly = await setPassword(server, token)
  assertProblem(t, tooEarly, 422, 'validation_failed')
  t.like(tooEarly.body.errors[0], { path: 'newPassword' })
  t.regex(tooEarly.body.errors[0].message, /email address/)
  t.deepEqual(server.query('SELECT password_hash FROM users'), [{ password_hash: null }])

  t.like((await setEmail(server, token)).body, { email: 'alice@example.com', hasPassword: false })
  const changed = await setPassword(server, token)
  t.is(changed.status, 200)
  t.is((await getMe(server, changed.body.token)).status, 200)
  t.is((await logIn(server, 'alice', newPassword)).status, 200)
  t.deepEqual((await getAccount(server, token)).body.signInMethods, ['password', 'github'])
  t.deepEqual(
    auditEvents(server, 'email.changed', 'password.changed').map(({ event }) => event),
    ['email.changed', 'password.changed'],
  )
})

test('later than that they are to sign in again first', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token } = await addNewcomer(server)
  await setEmail(server, token)
  server.clock.advance(10 * minute + 1)
  assertProblem(t, await setPassword(server, token), 403, 'reauthentication_required')
  assertProblem(t, await setEmail(server, token, 'other@example.com'), 403, 'reauthentication_required')
  t.like(server.query('SELECT email, password_hash FROM users')[0], { email: 'alice@example.com', password_hash: null })
})

test('whoever has a password must give it, however fresh the sign-in', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  for (const answer of [await setPassword(server, token), await setEmail(server, token, 'other@example.com')]) {
    assertProblem(t, answer, 422, 'validation_failed')
    t.is(answer.body.errors[0].path, 'currentPassword')
  }
  t.is((await logIn(server)).status, 200)
})

test('of two passwords that are set at once one counts, and the other is asked for it', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token } = await addNewcomer(server)
  await setEmail(server, token)
  const passwords = ['the first of two passwords', 'the other of two passwords']
  const answers = await Promise.all(passwords.map((each) => setPassword(server, token, { newPassword: each })))
  t.deepEqual(answers.map(({ status }) => status).sort(), [200, 422])
  const signIns = await Promise.all(passwords.map((each) => logIn(server, 'alice', each)))
  t.deepEqual(
    signIns.map(({ status }) => status),
    answers.map(({ status }) => (status === 200 ? 200 : 401)),
  )
})

test('the operator makes no reset code for somebody without an address', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  await addNewcomer(server)
  const { code, stderr } = await runBeside(t, server, ['users', 'reset-password', 'alice'])
  t.is(code, 1)
  t.regex(stderr, /alice has no email address/)
  t.deepEqual(server.query('SELECT * FROM password_reset_codes'), [])
})

test('a link to a provider that is no longer configured is no way to sign in', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await addNewcomer(server)
  linkAccount(server, user.id, { provider: 'of-yesterday' })
  const unlinkAll = () =>
    Promise.all(linkedIds(server).map((id) => server.request('DELETE', `/api/auth/oauth/accounts/${id}`, { token })))
  t.deepEqual((await unlinkAll()).map(({ status }) => status).sort(), [204, 409])
  t.deepEqual(server.query('SELECT provider FROM oauth_accounts'), [{ provider: 'github' }])
})

test('unlinking needs a sign-in within the last ten minutes', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await registerPerson(server)
  const { id } = linkAccount(server, user.id)
  server.clock.advance(10 * minute + 1)
  const unlink = (each: string) => server.request('DELETE', `/api/auth/oauth/accounts/${id}`, { token: each })
  assertProblem(t, await unlink(token), 403, 'reauthentication_required')
  t.deepEqual(linkedIds(server), [id])
  t.is((await unlink((await logIn(server)).body.token)).status, 204)
})
