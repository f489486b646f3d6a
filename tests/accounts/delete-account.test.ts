import { existsSync, readFileSync } from 'node:fs'
import test from 'ava'
import { countUses, register } from '../helpers/account-requests.ts'
import { auditEvents } from '../helpers/audit.ts'
import { addBot } from '../helpers/bots.ts'
import { connectBeside } from '../helpers/data-files.ts'
import { duringNextHashing } from '../helpers/during-hashing.ts'
import { linkAccount } from '../helpers/oauth-accounts.ts'
import { outcomeOf } from '../helpers/outcomes.ts'
import { changePassword, deleteAccount, newPassword } from '../helpers/own-account.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { wrongPassword } from '../helpers/sign-in-attempts.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, refresh, refreshed, sessionIdOf } from '../helpers/tokens.ts'

const minute = 60_000

const tables = [
  ...['users', 'sessions', 'invite_uses', 'idempotency_keys', 'oauth_accounts'],
  ...['bot_tokens', 'password_reset_codes', 'known_networks'],
]

const rowsOf = (server: TestServer): Record<string, number> =>
  Object.fromEntries(tables.map((table) => [table, server.query(`SELECT 1 FROM ${table}`).length]))

/** Alice with a row in every table, a bot, and a second session. */
async function startWithAlice(t: Parameters<typeof startServer>[0]) {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(2)
  const { body: alice } = await register(server, { inviteCode }, { 'Idempotency-Key': 'a-key' })
  const bot = await addBot(server, 'helper', alice.user.id)
  const { body: second } = await logIn(server)
  await logIn(server, 'alice', wrongPassword)
  linkAccount(server, alice.user.id)
  await makeResetCodeFor(server)
  return { server, inviteCode, alice, second, bot }
}

test('everything of the person goes, and the audit trail keeps ids alone', async (t) => {
  const { server, alice, bot } = await startWithAlice(t)
  t.false(Object.values(rowsOf(server)).includes(0), 'there is something of hers in each table')
  const answer = await deleteAccount(server, alice.token)
  t.is(answer.status, 204)
  t.is(answer.text, '')
  t.deepEqual(rowsOf(server), Object.fromEntries(tables.map((table) => [table, 0])))
  t.deepEqual(
    auditEvents(server, 'account.deleted').map(({ user_id, details }) => [user_id, details]),
    [alice.user.id, bot.id].map((id) => [id, null]),
  )
  t.notRegex(JSON.stringify(server.query('SELECT * FROM audit_events')), /alice|example|helper/)
  t.notRegex(server.log(), /alice@/)
})

test('every token of the person and of their bots is refused at once', async (t) => {
  const { server, alice, second, bot } = await startWithAlice(t)
  const bob = await registerPerson(server, 'bob')
  const bobsBot = await addBot(server, 'bobs-bot', bob.user.id)
  const nobodys = await addBot(server, 'nobodys-bot')
  for (const { token } of [alice, second, bot, bob, bobsBot, nobodys]) t.is((await getMe(server, token)).status, 200)
  await deleteAccount(server, alice.token)
  for (const { token } of [alice, second]) {
    assertProblem(t, await getMe(server, token), 401, 'session_ended')
    assertProblem(t, await refresh(server, token), 401, 'session_ended')
    assertProblem(t, await deleteAccount(server, token), 401, 'session_ended')
  }
  assertProblem(t, await getMe(server, bot.token), 401, 'token_invalid')
  assertProblem(t, await logIn(server), 401, 'invalid_credentials')
  for (const { id } of [alice.user, bot]) {
    assertProblem(t, await server.request('GET', `/api/auth/users/${id}`, { token: bob.token }), 404, 'not_found')
    t.false(server.auth.deps.presence.isOnline(id))
  }
  for (const { token } of [bob, bobsBot, nobodys]) t.is((await getMe(server, token)).status, 200)
})

test('the use of the invite stays counted; address and name can be registered anew', async (t) => {
  const { server, alice, inviteCode } = await startWithAlice(t)
  await deleteAccount(server, alice.token)
  t.is(countUses(server), 1)
  const again = await register(server, { inviteCode, password: newPassword }, { 'Idempotency-Key': 'a-key' })
  t.is(again.status, 201)
  t.not(again.body.user.id, alice.user.id)
  t.is(countUses(server), 2)
  assertProblem(t, await register(server, { inviteCode, username: 'third' }), 403, 'invite_used_up')
  assertProblem(t, await getMe(server, alice.token), 401, 'session_ended')
  t.is((await getMe(server, again.body.token)).status, 200)
})

test('it needs a sign-in within the last 10 minutes, and a refresh is none', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  server.clock.advance(9 * minute)
  const fresh = await refreshed(server, token)
  server.clock.advance(minute + 1)
  const before = rowsOf(server)
  for (const each of [token, fresh]) {
    const answer = await deleteAccount(server, each)
    assertProblem(t, answer, 403, 'reauthentication_required')
    t.regex(answer.body.detail, /Sign in again/)
  }
  t.deepEqual(rowsOf(server), before)
  t.is((await getMe(server, fresh)).status, 200)
  const { body: again } = await logIn(server)
  server.clock.advance(10 * minute)
  t.is((await deleteAccount(server, again.token)).status, 204)
})

test('a changed password is a sign-in; a sign-in of the time before the clock was put back is none', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  server.clock.advance(11 * minute)
  assertProblem(t, await deleteAccount(server, token), 403, 'reauthentication_required')
  await changePassword(server, token, { currentPassword: wrongPassword })
  assertProblem(t, await deleteAccount(server, token), 403, 'reauthentication_required')
  t.is((await changePassword(server, token)).status, 200)
  server.clock.advance(-11 * minute)
  assertProblem(t, await deleteAccount(server, token), 403, 'reauthentication_required')
  server.clock.advance(11 * minute)
  t.is((await deleteAccount(server, token)).status, 204)
})

test('of two deletions at once one deletes, and the other is refused', async (t) => {
  const { server, alice } = await startWithAlice(t)
  const answers = await Promise.all([deleteAccount(server, alice.token), deleteAccount(server, alice.token)])
  t.deepEqual(answers.map(outcomeOf).sort(), ['204', '401 session_ended'])
  t.is(auditEvents(server, 'account.deleted').length, 2, 'one for her, one for her bot')
})

test('what is under way meanwhile opens no session, changes no password and leaves no rows', async (t) => {
  for (const password of ['secure-password', wrongPassword]) {
    const { server, alice } = await startWithAlice(t)
    duringNextHashing(server, async () => t.is((await deleteAccount(server, alice.token)).status, 204))
    assertProblem(t, await logIn(server, 'alice', password), 401, 'invalid_credentials')
    t.is(rowsOf(server).sessions, 0)
    t.deepEqual(server.query('SELECT 1 FROM known_networks'), [])
  }
  const { server, alice, second } = await startWithAlice(t)
  duringNextHashing(server, () => deleteAccount(server, alice.token))
  assertProblem(t, await changePassword(server, second.token), 401, 'session_ended')
  t.is(rowsOf(server).users, 0)
})

test('what was deleted is overwritten in the files', async (t) => {
  const { server, alice } = await startWithAlice(t)
  const files = [server.file, `${server.file}-wal`]
  const holdsHer = () => files.some((file) => existsSync(file) && readFileSync(file).includes('alice@example.com'))
  t.true(holdsHer())
  await deleteAccount(server, alice.token)
  t.false(holdsHer())
})

test('the audit events of the sign-ins of before still name the session', async (t) => {
  const { server, alice } = await startWithAlice(t)
  await deleteAccount(server, alice.token)
  t.like(auditEvents(server)[0], { event: 'account.registered', session_id: sessionIdOf(alice.token) })
})

test('while another process reads, the person stands in the -wal still; once it has read, nothing of them is left', async (t) => {
  const { server, alice } = await startWithAlice(t)
  const reader = connectBeside(t, server.file)
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM users').get()
  t.is((await deleteAccount(server, alice.token)).status, 204)
  const holds = () =>
    [server.file, `${server.file}-wal`].some(
      (file) => existsSync(file) && readFileSync(file).includes('alice@example.com'),
    )
  t.true(holds(), 'the reader may still ask for it')
  reader.exec('COMMIT')
  await server.auth.doSlowWork()
  t.false(holds())
})
