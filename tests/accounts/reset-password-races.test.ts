import test from 'ava'
import { countRows, register, resetPassword } from '../helpers/account-requests.ts'
import { duringNextHashing } from '../helpers/during-hashing.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { startServer } from '../helpers/start-server.ts'

const newPassword = 'a-new-secure-password'
const countLive = 'SELECT id FROM sessions WHERE ended_at IS NULL'

test('of 20 uses of one reset code at once one succeeds', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const code = await makeResetCodeFor(server)
  const passwords = Array.from({ length: 20 }, (_, index) => `${newPassword}-${index}`)
  const answers = await Promise.all(passwords.map((password) => resetPassword(server, code, password)))
  const winner = answers.findIndex(({ status }) => status === 204)
  for (const [index, answer] of answers.entries()) {
    if (index !== winner) assertProblem(t, answer, 403, 'reset_code_invalid')
  }
  t.is((await logIn(server, 'alice', passwords[winner])).status, 200)
  t.is(server.query("SELECT id FROM audit_events WHERE event = 'password.reset'").length, 1)
})

test('a code that is replaced or expires while the password is hashed resets nothing', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const replaced = await makeResetCodeFor(server)
  duringNextHashing(server, () => makeResetCodeFor(server))
  assertProblem(t, await resetPassword(server, replaced, newPassword), 403, 'reset_code_invalid')
  const late = await makeResetCodeFor(server)
  duringNextHashing(server, () => server.clock.advance(1_800_000))
  assertProblem(t, await resetPassword(server, late, newPassword), 403, 'reset_code_invalid')
  t.is((await logIn(server)).status, 200)
})

test('a login with the old password that is under way during a reset opens no session', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const code = await makeResetCodeFor(server)
  duringNextHashing(server, async () => t.is((await resetPassword(server, code, newPassword)).status, 204))
  assertProblem(t, await logIn(server), 401, 'invalid_credentials')
  t.deepEqual(server.query(countLive), [])
  t.is((await logIn(server, 'alice', newPassword)).status, 200)
})

test('a registration that is repeated with the old password during a reset opens no session', async (t) => {
  const server = await startServer(t)
  const headers = { 'Idempotency-Key': 'a-key' }
  const inviteCode = await server.mintInvite(1)
  await register(server, { inviteCode }, headers)
  const code = await makeResetCodeFor(server)
  duringNextHashing(server, () => resetPassword(server, code, newPassword))
  assertProblem(t, await register(server, { inviteCode }, headers), 409, 'idempotency_key_reused')
  t.deepEqual(server.query(countLive), [])
})

test('an account that is disabled while its password is verified opens no session', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  duringNextHashing(server, () => server.query('UPDATE users SET disabled_at = 1'))
  assertProblem(t, await logIn(server), 403, 'account_disabled')
  t.is(countRows(server).sessions, 1)
})

test('an account that is deleted while its password is verified opens no session', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  duringNextHashing(server, () => server.query('DELETE FROM users'))
  assertProblem(t, await logIn(server), 401, 'invalid_credentials')
  t.is(countRows(server).sessions, 0)
})

test('a login that strengthens the stored hash meanwhile does not fail the reset', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  await server.stop()
  const overrides = { scryptCost: { logN: 5, r: 8, p: 1 } }
  const stronger = await startServer(t, { file: server.file, clock: server.clock, overrides })
  const code = await makeResetCodeFor(stronger)
  duringNextHashing(stronger, async () => t.is((await logIn(stronger)).status, 200))
  t.is((await resetPassword(stronger, code, newPassword)).status, 204)
  assertProblem(t, await logIn(stronger), 401, 'invalid_credentials')
  t.deepEqual(stronger.query(countLive), [])
})
