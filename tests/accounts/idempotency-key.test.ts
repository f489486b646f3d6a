import test from 'ava'
import { countRows, countUses, register, resetPassword } from '../helpers/account-requests.ts'
import { assertProblem } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { startServer } from '../helpers/start-server.ts'

const hour = 3_600_000
const headers = { 'Idempotency-Key': 'a-key' }

test('a registration repeated with its key answers the same user with a new session', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  const first = await register(server, { inviteCode, displayName: 'Alice' }, headers)
  const second = await register(server, { inviteCode, displayName: 'Alice' }, headers)
  t.is(second.status, 201)
  t.deepEqual(second.body.user, first.body.user)
  t.not(second.body.token, first.body.token)
  for (const { body } of [first, second]) {
    t.is((await server.request('GET', '/api/auth/me', { token: body.token })).status, 200)
  }
  const rows = { users: 1, sessions: 2, invite_uses: 1, idempotency_keys: 1, audit_events: 2 }
  t.deepEqual(countRows(server), rows)
  t.is(countUses(server), 1)
})

test('an invite code is the same however it is typed again', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  const first = await register(server, { inviteCode }, headers)
  const again = await register(server, { inviteCode: ` ${inviteCode.replaceAll('-', '').toLowerCase()}` }, headers)
  t.deepEqual(again.body.user, first.body.user)
})

test('a key that came with another body or another password is refused', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite()
  await register(server, { inviteCode }, headers)
  const rows = countRows(server)
  const others = [
    { email: 'bob@example.com' },
    { username: 'bob' },
    { displayName: 'Alice' },
    { inviteCode: await server.mintInvite(1) },
    { email: 'bob@example.com', username: 'bob' },
    { password: 'another-secure-password' },
  ]
  for (const other of others) {
    const answer = await register(server, { inviteCode, ...other }, headers)
    assertProblem(t, answer, 409, 'idempotency_key_reused')
  }
  // The wrong password is a failed sign-in.
  t.deepEqual(countRows(server), { ...rows, audit_events: 2 })
  t.is(countUses(server), 1)
})

test('a key is remembered for 24 hours', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  await register(server, { inviteCode }, headers)
  server.clock.advance(24 * hour - 1)
  t.is((await register(server, { inviteCode }, headers)).status, 201)
  server.clock.advance(1)
  assertProblem(t, await register(server, { inviteCode }, headers), 403, 'invite_used_up')

  const names = { username: 'bob', email: 'bob@example.com', inviteCode: await server.mintInvite(1) }
  t.is((await register(server, names, headers)).body.user.username, 'bob')
  t.is((await register(server, names, headers)).body.user.username, 'bob')
  t.is(countRows(server).idempotency_keys, 1)
})

test('a key must have 1 to 255 visible ASCII characters', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  for (const key of ['', 'a'.repeat(256), 'two words', 'tab\there', 'ünsichtbar', '\u00a0']) {
    const answer = await register(server, { inviteCode }, { 'Idempotency-Key': key })
    assertProblem(t, answer, 422, 'validation_failed')
    t.is(answer.body.errors[0].path, 'Idempotency-Key')
  }
  t.is(countUses(server), 0)
  const longest = { 'Idempotency-Key': '!~"'.repeat(85) }
  const first = await register(server, { inviteCode }, longest)
  t.is(first.status, 201)
  t.deepEqual((await register(server, { inviteCode }, longest)).body.user, first.body.user)
})

test('an error is not remembered', async (t) => {
  const server = await startServer(t)
  assertProblem(t, await register(server, { inviteCode: 'ABC123' }, headers), 403, 'invite_invalid')
  assertProblem(t, await register(server, { inviteCode: 'ABC123', password: 'x' }, headers), 422, 'weak_password')
  t.is(countRows(server).idempotency_keys, 0)
  await server.mintInvite(1, { code: 'ABC123' })
  t.is((await register(server, { inviteCode: 'ABC123' }, headers)).status, 201)
})

test('without a key, and with another key, the same body is a new registration', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite()
  await register(server, { inviteCode }, headers)
  assertProblem(t, await register(server, { inviteCode }), 409, 'email_taken')
  assertProblem(t, await register(server, { inviteCode }, { 'Idempotency-Key': 'A-KEY' }), 409, 'email_taken')
})

test('a replay opens nothing for a disabled account, and needs the password of today', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  await register(server, { inviteCode }, headers)
  await resetPassword(server, await makeResetCodeFor(server), 'a-new-secure-password')
  assertProblem(t, await register(server, { inviteCode }, headers), 409, 'idempotency_key_reused')
  const today = { inviteCode, password: 'a-new-secure-password' }
  t.is((await register(server, today, headers)).status, 201)
  server.query('UPDATE users SET disabled_at = 1')
  assertProblem(t, await register(server, today, headers), 403, 'account_disabled')
  t.is(server.query('SELECT id FROM sessions WHERE ended_at IS NULL').length, 1)
})

test('passwords cannot be guessed by replaying: the sixth wrong one waits', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  await register(server, { inviteCode }, headers)
  const guess = () => register(server, { inviteCode, password: 'not-the-right-one' }, headers)
  for (let count = 0; count < 5; count += 1) assertProblem(t, await guess(), 409, 'idempotency_key_reused')
  assertProblem(t, await guess(), 429, 'rate_limited')
  assertProblem(t, await register(server, { inviteCode }, headers), 429, 'rate_limited')
})
