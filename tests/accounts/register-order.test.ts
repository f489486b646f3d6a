import test from 'ava'
import { countRows, countUses, register } from '../helpers/account-requests.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { sessionIdOf } from '../helpers/tokens.ts'

const nothing = { users: 1, sessions: 1, invite_uses: 1, idempotency_keys: 0, audit_events: 1 }

test('the fields are judged before the invite, and the invite before the names', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const expiresAt = server.clock.now() + 1000
  const usable = await server.mintInvite(1)
  const expired = await server.mintInvite(1, { expiresAt })
  const usedUp = await server.mintInvite(1)
  t.is((await register(server, { username: 'bob', email: 'b@example.com', inviteCode: usedUp })).status, 201)
  server.clock.advance(1000)
  const rows = countRows(server)

  const invites = [
    ['NO-SUCH-CODE', 'invite_invalid'],
    [expired, 'invite_expired'],
    [usedUp, 'invite_used_up'],
  ] as const
  for (const [inviteCode, code] of invites) {
    assertProblem(t, await register(server, { username: '!', inviteCode }), 422, 'validation_failed')
    assertProblem(t, await register(server, { password: 'short', inviteCode }), 422, 'weak_password')
    assertProblem(t, await register(server, { inviteCode }), 403, code)
    assertProblem(t, await register(server, { username: 'carol', inviteCode }), 403, code)
    assertProblem(t, await register(server, { email: 'carol@example.com', inviteCode }), 403, code)
  }
  assertProblem(t, await register(server, { inviteCode: usable }), 409, 'email_taken')
  assertProblem(t, await register(server, { username: 'bob', inviteCode: usable }), 409, 'email_taken')
  const nameOnly = await register(server, { email: 'carol@example.com', inviteCode: usable })
  assertProblem(t, nameOnly, 409, 'username_taken')
  t.deepEqual(countRows(server), rows)
})

test('a name that is taken is not told without a valid invite', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const ask = async (fields: Record<string, unknown>): Promise<string> => {
    const answer = await register(server, { inviteCode: '00000-00000', ...fields })
    return answer.text.replace(answer.body.requestId, '')
  }
  const free = await ask({ email: 'carol@example.com', username: 'carol' })
  t.is(await ask({}), free)
  t.is(await ask({ email: 'carol@example.com' }), free)
  t.is(await ask({ username: 'carol' }), free)
})

test('a registration that fails burns no use and writes no row', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const inviteCode = await server.mintInvite(1)
  assertProblem(t, await register(server, { username: 'x', inviteCode }), 422, 'validation_failed')
  assertProblem(t, await register(server, { password: 'short', inviteCode }), 422, 'weak_password')
  assertProblem(t, await register(server, { inviteCode }), 409, 'email_taken')
  assertProblem(t, await register(server, { email: 'bob@example.com', inviteCode }), 409, 'username_taken')
  assertProblem(t, await register(server, { inviteCode: `${inviteCode}0` }), 403, 'invite_invalid')
  assertProblem(t, await register(server, { inviteCode: '' }), 403, 'invite_invalid')
  t.deepEqual(countRows(server), nothing)
  t.is(countUses(server), 1)
  t.is((await register(server, { email: 'bob@example.com', username: 'bob', inviteCode })).status, 201)
})

test('a registration is logged and audited by id, and no secret of it is in the log', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  const headers = { 'Idempotency-Key': 'a-key-nobody-should-see' }
  const { body } = await register(server, { inviteCode }, headers)
  const session_id = sessionIdOf(body.token)
  t.deepEqual(server.query('SELECT occurred_at, event, user_id, session_id FROM audit_events'), [
    { occurred_at: server.clock.now(), event: 'account.registered', user_id: body.user.id, session_id },
  ])
  const log = server.log()
  t.regex(log, new RegExp(`"event":"account.registered","userId":"${body.user.id}"`))
  const secrets = ['secure-password', inviteCode, inviteCode.replaceAll('-', ''), body.token, 'alice@', 'a-key-nobody']
  for (const secret of secrets) t.false(log.includes(secret), secret)
})
