import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import SqliteDatabase from 'better-sqlite3'
import { newestVersion } from '../../db/migrate.ts'
import { verifyAuditChain } from '../../server/audit/verify-chain.ts'
import { runCommand } from '../helpers/commands.ts'
import { connectBeside, makeDataFile, newDataFile } from '../helpers/data-files.ts'
import { logIn } from '../helpers/people.ts'
import { serverSettings, startScript, startServerProcess } from '../helpers/processes.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { createClock, startServer } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

test('a data file of the first schema is upgraded: its people sign in, its invites and keys are good', async (t) => {
  const file = newDataFile(t)
  copyFileSync(join(projectFolder, 'tests', 'db', 'files', 'schema-1.db'), file)
  const server = await startServerProcess(t, file)
  for (const name of ['alice', 'bob']) {
    const body = { email: `${name}@example.com`, password: `secure-password-of-${name}` }
    const { status, body: signedIn } = await server.request('POST', '/api/auth/login', { body })
    t.is(status, 200)
    t.is((await server.request('GET', '/api/auth/me', { token: signedIn.token })).body.username, name)
  }
  const invite = await server.request('POST', '/api/auth/invites/check', { body: { inviteCode: 'ABC123' } })
  t.deepEqual(invite.body, { expiresAt: null, usesLeft: 3 })
  const keys = (await server.request('GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid)
  t.true(keys.includes('t8uV9QAu_5g093t2NV0ZVF8elv8BkR5PcgZOlfrkGw0'))
  const { stdout } = await runCommand(t, file, ['audit', 'list', '--json'])
  t.deepEqual(
    JSON.parse(stdout).map(({ sequence, event }: { sequence: number; event: string }) => [sequence, event]),
    [
      [6, 'sign_in.succeeded'],
      [5, 'sign_in.succeeded'],
      [4, 'password.reset_code_made'],
      [3, 'signing_key.rotated'],
      [2, 'account.registered'],
      [1, 'account.registered'],
    ],
  )
  t.is((await runCommand(t, file, ['audit', 'verify'])).code, 0)
  t.true(newestVersion > 1)
})

test('a data file of the fifth schema is upgraded: its people, links and invite are good', async (t) => {
  const file = newDataFile(t)
  copyFileSync(join(projectFolder, 'tests', 'db', 'files', 'schema-5.db'), file)
  const server = await startServer(t, { file, clock: createClock(Date.parse('2026-12-01T12:00:00.000Z')) })
  for (const name of ['alice', 'bob']) {
    const { status, body } = await logIn(server, name, `secure-password-of-${name}`)
    t.is(status, 200)
    const links = await server.request('GET', '/api/auth/oauth/accounts', { token: body.token })
    t.like(links.body[0], { provider: 'github', providerAccountId: `${name} there` })
  }
  const invite = await server.request('POST', '/api/auth/invites/check', { body: { inviteCode: 'ABC123' } })
  t.is(invite.body.usesLeft, 3)
  t.deepEqual(server.query('SELECT * FROM oauth_flows'), [])
  t.like(await verifyAuditChain(server.auth.deps.db), { isWhole: true })
})

test('a data file of the sixth schema is upgraded: its people and invite are good, and nothing has been seen yet', async (t) => {
  const file = newDataFile(t)
  copyFileSync(join(projectFolder, 'tests', 'db', 'files', 'schema-6.db'), file)
  const server = await startServer(t, { file, clock: createClock(Date.parse('2026-12-01T12:00:00.000Z')) })
  for (const name of ['alice', 'bob']) {
    t.is((await logIn(server, name, `secure-password-of-${name}`)).status, 200)
  }
  const invite = await server.request('POST', '/api/auth/invites/check', { body: { inviteCode: 'ABC123' } })
  t.is(invite.body.usesLeft, 3)
  t.deepEqual(server.query('SELECT * FROM seen_forwarding'), [])
  t.deepEqual(server.query('SELECT * FROM write_probe'), [{ id: 1, written_at: 0 }])
  t.like(await verifyAuditChain(server.auth.deps.db), { isWhole: true })
})

test('a data file of the fourth schema is upgraded: its people, bot and invite are good, and its trail is whole', async (t) => {
  const file = newDataFile(t)
  copyFileSync(join(projectFolder, 'tests', 'db', 'files', 'schema-4.db'), file)
  const server = await startServer(t, { file, clock: createClock(Date.parse('2026-12-01T12:00:00.000Z')) })
  for (const name of ['alice', 'bob']) {
    const { status, body } = await logIn(server, name, `secure-password-of-${name}`)
    t.is(status, 200)
    t.is((await getMe(server, body.token)).body.username, name)
  }
  const bot = await getMe(server, `glb_${'BwcH'.repeat(10)}Bwc`)
  t.like(bot.body, { username: 'quiz', isBot: true })
  const invite = await server.request('POST', '/api/auth/invites/check', { body: { inviteCode: 'ABC123' } })
  t.is(invite.body.usesLeft, 3)
  t.like(await verifyAuditChain(server.auth.deps.db), { isWhole: true, anchor: undefined })
  t.deepEqual(
    server.query('SELECT event FROM audit_events WHERE sequence <= 3 ORDER BY sequence').map(({ event }) => event),
    ['account.registered', 'account.registered', 'bot.created'],
  )
})

const copyOfFirstSchema = (t: ExecutionContext): string => {
  const file = newDataFile(t)
  copyFileSync(join(projectFolder, 'tests', 'db', 'files', 'schema-1.db'), file)
  return file
}

test('a data file is not upgraded under a server of the older version: a command and a new server say so', async (t) => {
  const file = copyOfFirstSchema(t)
  const older = new SqliteDatabase(file)
  t.teardown(() => older.close())
  t.is(older.prepare('SELECT count(*) FROM users').pluck().get(), 2)
  const reason = /has the schema of an older Guestlist, and another process has it open: stop that server first\n$/
  const [command, server] = await Promise.all([
    runCommand(t, file, ['users', 'list']),
    startScript(t, 'server/main.ts', [], serverSettings(file)).ended,
  ])
  for (const { code, stdout, stderr } of [command, server]) {
    t.is(code, 75)
    t.is(stdout, '')
    t.regex(stderr, reason)
  }
  t.is(older.pragma('user_version', { simple: true }), 1)
  older.prepare("INSERT INTO audit_events VALUES ('01990000-0000-7000-8000-000000000001', 1, 'x', NULL, NULL)").run()
  older.close()
  t.is((await runCommand(t, file, ['users', 'list'])).code, 0)
})

test('several that come at once to an older data file all find it upgraded', async (t) => {
  const file = copyOfFirstSchema(t)
  const commands = [
    ['users', 'list'],
    ['audit', 'verify'],
    ['invites', 'mint'],
    ['keys', 'list'],
  ]
  for (const { code, stderr } of await Promise.all(commands.map((args) => runCommand(t, file, args))))
    t.is(code, 0, stderr)
})

test('a file that another program keeps locked is exit 75, and nothing is done', async (t) => {
  const file = await makeDataFile(t)
  const other = connectBeside(t, file)
  other.pragma('locking_mode = EXCLUSIVE')
  other.exec('BEGIN EXCLUSIVE')
  const { code, stdout, stderr } = await runCommand(t, file, ['invites', 'mint'])
  t.is(code, 75)
  t.is(stdout, '')
  t.regex(stderr, /is locked by another process: try again, or stop that one first\n$/)
})
