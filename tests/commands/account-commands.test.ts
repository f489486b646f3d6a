import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { assertFailure, runBeside } from '../helpers/commands.ts'
import { assertProblem, goodPassword, logIn, registerPerson } from '../helpers/people.ts'
import { createClock, startServer, type TestServer } from '../helpers/start-server.ts'

const events = (server: TestServer): unknown[] =>
  server.query('SELECT event FROM audit_events ORDER BY event').map(({ event }) => event)

async function guessWrong(server: TestServer, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await logIn(server, 'alice', 'a wrong password')
}

test('unlock opens sign-in again, in the running server, and is audited', async (t) => {
  const server = await startServer(t, { clock: createClock(Date.now()) })
  await registerPerson(server)
  await guessWrong(server, 5)
  assertProblem(t, await logIn(server), 429, 'rate_limited')
  const { code, stdout } = await runBeside(t, server, ['users', 'unlock', 'Alice@Example.com'])
  t.is(code, 0)
  t.is(stdout, 'alice (alice@example.com) can sign in by password again from everywhere.\n')
  t.is((await logIn(server)).status, 200)
  t.true(events(server).includes('account.unlocked'))
})

test('reset-password prints a code that sets a new password once, and ends every session', async (t) => {
  const server = await startServer(t, { clock: createClock(Date.now()) })
  const { token } = await registerPerson(server)
  const { code, stdout } = await runBeside(t, server, ['users', 'reset-password', 'alice@example.com'])
  t.is(code, 0)
  const resetCode = /[0-9A-Z]{5}(-[0-9A-Z]{5}){4}/.exec(stdout)?.[0]
  t.is((await server.request('GET', '/api/auth/me', { token })).status, 200, 'the code alone changes nothing')
  const password = 'another good password'
  t.is((await resetPassword(server, resetCode, password)).status, 204)
  assertProblem(t, await server.request('GET', '/api/auth/me', { token }), 401, 'session_ended')
  assertProblem(t, await logIn(server, 'alice', goodPassword), 401, 'invalid_credentials')
  t.is((await logIn(server, 'alice', password)).status, 200)
  assertProblem(t, await resetPassword(server, resetCode, 'yet another password'), 403, 'reset_code_invalid')
  const ofCode = ['password.reset', 'password.reset_code_made']
  t.deepEqual(events(server), ['account.registered', ...ofCode, 'sign_in.failed', 'sign_in.succeeded'])
  t.false(JSON.stringify(server.query('SELECT * FROM password_reset_codes')).includes(String(resetCode)))
})

test('a command refuses an address that nobody has, and one that is missing', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const before = events(server)
  const unknown = await runBeside(t, server, ['users', 'reset-password', 'bob@example.com'])
  assertFailure(t, unknown, /^guestlist: no account has the email address, username or id bob@example\.com\n$/)
  assertFailure(
    t,
    await runBeside(t, server, ['users', 'unlock']),
    /^guestlist: missing required argument 'account'\n$/,
  )
  t.deepEqual(events(server), before)
})
