import test from 'ava'
import { countRows, countUses, register, registerAnother } from '../helpers/account-requests.ts'
import { duringNextHashing } from '../helpers/during-hashing.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const nothing = { users: 0, sessions: 0, invite_uses: 0, idempotency_keys: 0, audit_events: 0 }

test('an invite that is revoked while the password is hashed makes no account', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite()
  duringNextHashing(server, () => server.query('UPDATE invites SET revoked_at = ?', server.clock.now()))
  assertProblem(t, await register(server, { inviteCode }), 403, 'invite_invalid')
  t.deepEqual(countRows(server), nothing)
  t.is(countUses(server), 0)
})

test('an invite that expires while the password is hashed makes no account', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1, { expiresAt: server.clock.now() + 1000 })
  duringNextHashing(server, () => server.clock.advance(1000))
  assertProblem(t, await register(server, { inviteCode }), 403, 'invite_expired')
  t.deepEqual(countRows(server), nothing)
})

test('an invite that is used up while the password is hashed makes no second account', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  duringNextHashing(server, () => register(server, { inviteCode, username: 'bob', email: 'bob@example.com' }))
  assertProblem(t, await register(server, { inviteCode }), 403, 'invite_used_up')
  t.deepEqual(server.query('SELECT username FROM users'), [{ username: 'bob' }])
  t.is(countUses(server), 1)
})

test('a name that is taken while the password is hashed makes no account and burns no use', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  duringNextHashing(server, () => registerAnother(server, { username: 'alice' }))
  assertProblem(t, await register(server, { inviteCode }), 409, 'username_taken')
  duringNextHashing(server, () => registerAnother(server, { email: 'ALICE@example.com' }))
  assertProblem(t, await register(server, { username: 'alice2', inviteCode }), 409, 'email_taken')
  t.is((await register(server, { username: 'carol', email: 'carol@example.com', inviteCode })).status, 201)
})

test('a database that fails while the account is written leaves nothing half done', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  server.query("CREATE TRIGGER refuse BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'no'); END")
  const answer = await register(server, { inviteCode }, { 'Idempotency-Key': 'key' })
  assertProblem(t, answer, 500, 'internal_error')
  t.deepEqual(countRows(server), nothing)
  t.is(countUses(server), 0)
  server.query('DROP TRIGGER refuse')
  t.is((await register(server, { inviteCode }, { 'Idempotency-Key': 'key' })).status, 201)
})
