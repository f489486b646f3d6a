import test from 'ava'
import { verifyAuditChain } from '../../server/audit/verify-chain.ts'
import { resetPassword } from '../helpers/account-requests.ts'
import { runCommand } from '../helpers/commands.ts'
import { exportedHash, importFile } from '../helpers/import-files.ts'
import { assertProblem, goodPassword, logIn } from '../helpers/people.ts'
import { createClock, startServer } from '../helpers/start-server.ts'

test('a running server knows imported people at once: they sign in with their old password', async (t) => {
  const server = await startServer(t, { clock: createClock(Date.now()) })
  const hash = await exportedHash('the password from before')
  const ended = await importFile(
    t,
    server.file,
    `email,username,displayName,avatarUrl,createdAt,passwordHash
Alice@Example.com,ALICE,  Alice of Old ,https://example.com/a.png,2024-05-01T14:00:00+02:00,${hash}
`,
  )
  t.is(ended.code, 0, ended.stderr)
  t.is(ended.stderr, `1 account written to ${server.file}\n`)
  t.is(ended.stdout, '')
  const answer = await logIn(server, 'alice', 'the password from before')
  t.is(answer.status, 200, answer.text)
  const { id, ...shown } = answer.body.user
  t.deepEqual(shown, {
    username: 'alice',
    displayName: 'Alice of Old',
    avatarUrl: 'https://example.com/a.png',
    isBot: false,
  })
  t.deepEqual(server.query('SELECT email, created_at FROM users'), [
    { email: 'Alice@Example.com', created_at: Date.parse('2024-05-01T12:00:00Z') },
  ])
  assertProblem(t, await logIn(server, 'alice', goodPassword), 401, 'invalid_credentials')
  t.deepEqual(server.query("SELECT user_id FROM audit_events WHERE event = 'account.imported'"), [{ user_id: id }])
})

test('people without a hash have no password: a reset code of the operator lets them in', async (t) => {
  const server = await startServer(t, { clock: createClock(Date.now()) })
  const { code, stderr } = await importFile(t, server.file, 'username,email\nbob,bob@example.com\n')
  t.is(code, 0, stderr)
  t.regex(stderr, /1 without a password: "guestlist users reset-password ACCOUNT"/)
  for (const password of ['', 'null', goodPassword]) {
    assertProblem(t, await logIn(server, 'bob', password), 401, 'invalid_credentials')
  }
  const printed = await runCommand(t, server.file, ['users', 'reset-password', 'bob', '--json'])
  t.is((await resetPassword(server, JSON.parse(printed.stdout).code, goodPassword)).status, 204)
  const answer = await logIn(server, 'bob', goodPassword)
  t.is(answer.status, 200)
  t.like(answer.body.user, { username: 'bob', displayName: 'bob', avatarUrl: null })
})

test('each account has its audit event, and the chain stays whole', async (t) => {
  const server = await startServer(t)
  const lines = ['alice', 'bob', 'carol'].map((username) =>
    JSON.stringify({ username, email: `${username}@example.com` }),
  )
  const { code, stderr } = await importFile(t, server.file, lines.join('\n'), { name: 'people.JSONL' })
  t.is(code, 0, stderr)
  const ids = server.query('SELECT id AS user_id FROM users ORDER BY username')
  const events = server.query(
    "SELECT user_id FROM audit_events JOIN users ON users.id = user_id WHERE event = 'account.imported' ORDER BY username",
  )
  t.deepEqual(events, ids)
  t.is(ids.length, 3)
  t.like(await verifyAuditChain(server.auth.deps.db), { isWhole: true, events: 3 })
})
