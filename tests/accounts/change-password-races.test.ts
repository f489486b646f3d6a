import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { auditEvents } from '../helpers/audit.ts'
import { duringNextHashing } from '../helpers/during-hashing.ts'
import { outcomeOf } from '../helpers/outcomes.ts'
import { changePassword, newPassword } from '../helpers/own-account.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { generationOf, getMe, refreshed } from '../helpers/tokens.ts'

const passwords = Array.from({ length: 5 }, (_, index) => `${newPassword}-${index}`)

/** Which of the passwords sign in. */
async function goodOnes(server: TestServer, all: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(all.map((password) => logIn(server, 'alice', password)))
  return all.filter((_, index) => answers[index]?.status === 200)
}

test('of five changes of one password at once exactly one wins', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const answers = await Promise.all(
    passwords.map((password) => changePassword(server, token, { newPassword: password })),
  )
  t.deepEqual(answers.map(outcomeOf).sort(), ['200', ...Array(4).fill('401 invalid_credentials')])
  const winner = passwords.filter((_, index) => answers[index]?.status === 200)
  server.clock.advance(3_600_000)
  t.deepEqual(await goodOnes(server, [...winner, 'secure-password']), winner)
  t.is(auditEvents(server, 'password.changed').length, 1)
})

test('of changes in two sessions at once one wins, and the other session is over', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { body } = await logIn(server)
  const answers = await Promise.all([
    changePassword(server, token, { newPassword: `${newPassword}-0` }),
    changePassword(server, body.token, { newPassword: `${newPassword}-1` }),
  ])
  t.deepEqual(answers.map(outcomeOf).sort(), ['200', '401 session_ended'])
  const winner = answers.findIndex(({ status }) => status === 200)
  t.deepEqual(await goodOnes(server, passwords.slice(0, 2)), passwords.slice(winner, winner + 1))
})

test('a session that ends while the password is verified changes nothing', async (t) => {
  const server = await startServer(t)
  const ends: ((token: string) => unknown)[] = [
    (token) => server.request('POST', '/api/auth/logout', { token }),
    () => server.query('UPDATE users SET disabled_at = 1'),
    () => server.query('DELETE FROM users'),
  ]
  for (const [index, end] of ends.entries()) {
    if (index === 0) await registerPerson(server)
    const { body } = await logIn(server)
    duringNextHashing(server, () => end(body.token))
    const before = server.query('SELECT password_hash FROM users')
    assertProblem(t, await changePassword(server, body.token), 401, 'session_ended')
    if (index < 2) t.deepEqual(server.query('SELECT password_hash FROM users'), before)
    server.query('UPDATE users SET disabled_at = NULL')
  }
  t.deepEqual(server.query("SELECT id FROM sessions WHERE end_reason = 'password_changed'"), [])
  t.deepEqual(auditEvents(server, 'password.changed'), [])
})

test('a reset that comes first stands', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const code = await makeResetCodeFor(server)
  duringNextHashing(server, () => resetPassword(server, code, 'the-password-of-the-reset'))
  assertProblem(t, await changePassword(server, token), 401, 'session_ended')
  t.deepEqual(await goodOnes(server, [newPassword, 'the-password-of-the-reset']), ['the-password-of-the-reset'])
})

test('a refresh that comes first is no obstacle, and its token is good if the answer to the change is lost', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  let second = ''
  duringNextHashing(server, async () => {
    second = await refreshed(server, token)
  })
  const answer = await changePassword(server, token)
  t.is(answer.status, 200)
  t.is(generationOf(answer.body.token), 3)
  t.is((await getMe(server, answer.body.token)).status, 200)
  t.is(generationOf(await refreshed(server, second)), 3)
  t.deepEqual(auditEvents(server, 'sign_in.failed'), [])
})

test('a login with the old password that is under way opens no session', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  duringNextHashing(server, async () => t.is((await changePassword(server, token)).status, 200))
  assertProblem(t, await logIn(server), 401, 'invalid_credentials')
  t.is(server.query('SELECT id FROM sessions WHERE ended_at IS NULL').length, 1)
})

test('a login that strengthens the stored hash meanwhile is no obstacle', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await server.stop()
  const overrides = { scryptCost: { logN: 5, r: 8, p: 1 } }
  const stronger = await startServer(t, { file: server.file, clock: server.clock, overrides })
  duringNextHashing(stronger, () => logIn(stronger))
  t.is((await changePassword(stronger, token)).status, 200)
  t.deepEqual(await goodOnes(stronger, ['secure-password', newPassword]), [newPassword])
})
