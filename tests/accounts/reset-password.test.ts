import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { assertProblem, goodPassword, logIn, registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const minute = 60_000
const newPassword = 'a-new-secure-password'

const listEvents = (server: TestServer): unknown[] =>
  server.query<{ event: string }>('SELECT event FROM audit_events ORDER BY rowid').map(({ event }) => event)

test('a reset code sets a new password and ends every session of the account', async (t) => {
  const server = await startServer(t)
  const alice = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const second = await logIn(server)
  const answer = await resetPassword(server, await makeResetCodeFor(server), newPassword)
  t.is(answer.status, 204)
  t.is(answer.text, '')
  for (const token of [alice.token, second.body.token]) {
    assertProblem(t, await server.request('GET', '/api/auth/me', { token }), 401, 'session_ended')
    assertProblem(t, await server.request('POST', '/api/auth/refresh', { token }), 401, 'session_ended')
  }
  t.is((await server.request('GET', '/api/auth/me', { token: bob.token })).status, 200)
  assertProblem(t, await logIn(server), 401, 'invalid_credentials')
  t.is((await logIn(server, 'alice', newPassword)).status, 200)
})

test('a reset ends the presence of the account', async (t) => {
  const server = await startServer(t)
  const { user } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const findStatus = async () =>
    (await server.request('GET', `/api/auth/users/${user.id}`, { token: bob.token })).body.presence.status
  await server.request('GET', '/api/auth/me', { token: (await logIn(server)).body.token })
  t.is(await findStatus(), 'online')
  await resetPassword(server, await makeResetCodeFor(server), newPassword)
  t.is(await findStatus(), 'offline')
})

test('a reset code works once, for 30 minutes', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const late = await makeResetCodeFor(server)
  server.clock.advance(30 * minute)
  assertProblem(t, await resetPassword(server, late, newPassword), 403, 'reset_code_invalid')
  const code = await makeResetCodeFor(server)
  server.clock.advance(30 * minute - 1)
  t.is((await resetPassword(server, code, newPassword)).status, 204)
  assertProblem(t, await resetPassword(server, code, newPassword), 403, 'reset_code_invalid')
  assertProblem(t, await resetPassword(server, code, 'yet-another-password'), 403, 'reset_code_invalid')
  t.is((await logIn(server, 'alice', newPassword)).status, 200)
})

test('only the newest reset code of an account works', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  await registerPerson(server, 'bob')
  const bobs = await makeResetCodeFor(server, 'bob')
  const older = await makeResetCodeFor(server)
  const newest = await makeResetCodeFor(server)
  assertProblem(t, await resetPassword(server, older, newPassword), 403, 'reset_code_invalid')
  t.is((await logIn(server)).status, 200)
  t.is((await resetPassword(server, newest, newPassword)).status, 204)
  t.is((await resetPassword(server, bobs, newPassword)).status, 204)
})

test('a password that is refused burns no code and ends no session', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server, 'alice-in-wonderland')
  const code = await makeResetCodeFor(server, 'alice-in-wonderland')
  const refused = ['short', 'x'.repeat(129), '123456789987654321', 'Alice-in-Wonderland']
  for (const password of [...refused, 'alice-in-wonderland@example.com']) {
    assertProblem(t, await resetPassword(server, code, password), 422, 'weak_password')
  }
  for (const password of ['lone-surrogate-\ud800', 'nul-at-the-end-\0', 7, null]) {
    assertProblem(t, await resetPassword(server, code, password), 422, 'validation_failed')
  }
  t.is((await server.request('GET', '/api/auth/me', { token })).status, 200)
  t.is((await resetPassword(server, code, newPassword)).status, 204)
})

test('a reset code may be typed like an invite code', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const spellings = [
    (code: string) => code.toLowerCase(),
    (code: string) => code.replaceAll('-', ''),
    (code: string) => ` ${code.replaceAll('-', ' ')}\n`,
    (code: string) => code.replaceAll('1', 'l').replaceAll('0', 'o'),
  ]
  for (const spell of spellings) {
    const code = await makeResetCodeFor(server)
    t.regex(code, /^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$/)
    t.is((await resetPassword(server, spell(code), newPassword)).status, 204)
  }
})

test('an unknown code is refused like a used one; an invite code is none, nor is a reset code an invite', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const code = await makeResetCodeFor(server)
  for (const wrong of ['', 'ABC123', `${code}0`, await server.mintInvite(1)]) {
    assertProblem(t, await resetPassword(server, wrong, newPassword), 403, 'reset_code_invalid')
  }
  assertProblem(t, await resetPassword(server, 'a'.repeat(201), newPassword), 422, 'validation_failed')
  const check = await server.request('POST', '/api/auth/invites/check', { body: { inviteCode: code } })
  assertProblem(t, check, 403, 'invite_invalid')
  t.is((await logIn(server, 'alice', goodPassword)).status, 200)
})

test('making and using a code is audited, and neither code nor password is stored or logged', async (t) => {
  const server = await startServer(t)
  const { user } = await registerPerson(server)
  const code = await makeResetCodeFor(server)
  await resetPassword(server, 'UNKNOWN', newPassword)
  await resetPassword(server, code, newPassword)
  t.deepEqual(listEvents(server), ['account.registered', 'password.reset_code_made', 'password.reset'])
  t.deepEqual(server.query('SELECT DISTINCT user_id FROM audit_events'), [{ user_id: user.id }])
  t.deepEqual(server.query('SELECT * FROM password_reset_codes'), [])
  for (const secret of [newPassword, code, code.replaceAll('-', '')]) t.false(server.log().includes(secret))
})
