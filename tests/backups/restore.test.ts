import { chmodSync, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import test from 'ava'
import SqliteDatabase from 'better-sqlite3'
import { applicationId, newestVersion } from '../../db/migrate.ts'
import { firstSchema } from '../../db/migrations/0001-first-schema.ts'
import { resetPassword } from '../helpers/account-requests.ts'
import {
  backUp,
  fillDataFile,
  firstPageOf,
  lookInto,
  modeOf,
  namesBeside,
  overwrite,
  restore,
  tamper,
  usernames,
} from '../helpers/backups.ts'
import { runCommand } from '../helpers/commands.ts'
import { fiveProviders } from '../helpers/oauth-accounts.ts'
import { startLogin } from '../helpers/oauth-walk.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServerProcess } from '../helpers/processes.ts'
import { createClock, startServer, temporaryFolder } from '../helpers/start-server.ts'
import { readToken } from '../helpers/tokens.ts'

const publishedIds = ({ body }: { body: { keys: { kid: string }[] } }): string[] => body.keys.map(({ kid }) => kid)

test('a restore brings people back, ends every session, and leaves one key, which signs at once', async (t) => {
  const server = await startServer(t, { clock: createClock(Date.now()), settings: fiveProviders })
  const { token } = await registerPerson(server, 'alice')
  t.is((await startLogin(server, 'github')).status, 200)
  await server.mintInvite(5, { code: 'ABC-123' })
  const oldIds = publishedIds(await server.request('GET', '/.well-known/jwks.json'))
  const made = await runCommand(t, server.file, ['users', 'reset-password', 'alice', '--json'])
  const resetCode = JSON.parse(made.stdout).code
  server.query(
    `INSERT INTO outbox (id, kind, recipient, user_id, subject, text, turn, created_at, due_at, claimed_until, tries)
     SELECT id, 'password changed', email, id, 'old', 'old', 0, 1, 1, 0, 0 FROM users`,
  )
  const { file: backup } = await backUp(server.file)
  await registerPerson(server, 'bob')
  await server.stop()

  const { code, stdout, stderr } = await runCommand(t, server.file, ['restore', '--json', backup])
  t.is(code, 0, stderr)
  const restored = JSON.parse(stdout)
  t.like(restored, { file: server.file, users: 1, sessionsEnded: 1, invitesRevoked: 1, resetCodesDeleted: 1 })
  t.is(restored.madeAt, new Date(Math.floor(Date.parse(restored.madeAt) / 1000) * 1000).toISOString())
  t.is(restored.migratedFrom, null)
  t.is(modeOf(server.file), '600')
  t.deepEqual(usernames(restored.kept), ['alice', 'bob'], 'what was replaced is kept whole')
  t.deepEqual(namesBeside(server.file), ['backups', 'guestlist.db', basename(restored.kept)])

  const again = await startServer(t, { file: server.file, clock: createClock(Date.now()) })
  assertProblem(t, await again.request('GET', '/api/auth/me', { token }), 401, 'token_invalid')
  assertProblem(t, await again.request('POST', '/api/auth/refresh', { token }), 401, 'token_invalid')
  assertProblem(t, await logIn(again, 'bob'), 401, 'invalid_credentials')
  const login = await logIn(again, 'alice')
  t.is(login.status, 200)
  const newIds = publishedIds(await again.request('GET', '/.well-known/jwks.json'))
  t.is(newIds.length, 1)
  t.notDeepEqual(newIds, oldIds)
  t.is(readToken(login.body.token).header.kid, newIds[0])
  assertProblem(t, await resetPassword(again, resetCode, 'another good password'), 403, 'reset_code_invalid')
  const check = await again.request('POST', '/api/auth/invites/check', { body: { inviteCode: 'ABC-123' } })
  assertProblem(t, check, 403, 'invite_invalid')
  t.deepEqual(again.query('SELECT * FROM oauth_flows'), [])
  t.deepEqual(again.query('SELECT * FROM outbox'), [], 'what waited was sent since, or is out of date')
  t.deepEqual(again.query('SELECT end_reason FROM sessions WHERE ended_at IS NOT NULL'), [
    { end_reason: 'database_restored' },
  ])
})

test('a restore is audited with counts and ids only, at the end of a whole chain', async (t) => {
  const file = await fillDataFile(t)
  const { file: backup } = await backUp(file)
  await restore(file, backup)
  const [event] = lookInto(file, 'SELECT event, user_id, details FROM audit_events ORDER BY sequence DESC LIMIT 1')
  const [key] = lookInto<{ id: string }>(file, 'SELECT id FROM signing_keys')
  t.is(event?.event, 'database.restored')
  t.is(event?.user_id, null)
  const counts = { users: 1, sessionsEnded: 1, invitesRevoked: 1, resetCodesDeleted: 0 }
  t.deepEqual(JSON.parse(String(event?.details)), { ...counts, signingKey: key?.id })
  await backUp(file)
})

test('--keep-invites leaves the invites as they were', async (t) => {
  const file = await fillDataFile(t)
  const before = lookInto(file, 'SELECT * FROM invites')
  const { file: backup } = await backUp(file)
  t.is((await restore(file, backup, { keepInvites: true })).invitesRevoked, 0)
  t.deepEqual(lookInto(file, 'SELECT * FROM invites'), before)
})

test('invites that are used up or were revoked before stay as they are', async (t) => {
  const file = await fillDataFile(t)
  tamper(file, "UPDATE invites SET uses = max_uses; UPDATE invites SET note = 'full'")
  const { file: backup } = await backUp(file)
  t.is((await restore(file, backup)).invitesRevoked, 0)
  t.deepEqual(lookInto(file, 'SELECT revoked_at FROM invites'), [{ revoked_at: null }])
})

test('on a new machine there is nothing to replace, and people are told so', async (t) => {
  const { file: backup } = await backUp(await fillDataFile(t, ['alice', 'bob']))
  const file = join(temporaryFolder(t), 'new', 'guestlist.db')
  const { code, stdout, stderr } = await runCommand(t, file, ['restore', backup])
  t.is(code, 0, stderr)
  t.regex(stdout, /^users +2$/m)
  t.regex(stdout, /^replaced +there was none$/m)
  t.regex(stdout, /^made +20\d\d-/m)
  t.deepEqual(namesBeside(file), ['guestlist.db'])
  t.is(modeOf(file), '600')
  t.is(modeOf(dirname(file)), '700')
  t.deepEqual(usernames(file), ['alice', 'bob'])
})

test('what a killed server had only in its journal is in the file that is kept, and no journal is left', async (t) => {
  const file = await fillDataFile(t)
  const { file: backup } = await backUp(file)
  const server = await startServerProcess(t, file)
  t.is((await runCommand(t, file, ['invites', 'mint', '--code', 'XYZ-789'])).code, 0)
  server.child.kill('SIGKILL')
  await server.ended
  t.true(existsSync(`${file}-wal`))
  const { kept } = await restore(file, backup)
  t.deepEqual(namesBeside(file), ['backups', 'guestlist.db', basename(kept)])
  t.is(lookInto(kept, 'SELECT id FROM invites').length, 2)
  t.is(lookInto(file, 'SELECT id FROM invites').length, 1)
  t.is((await restore(file, kept)).users, 1, 'the way back')
  t.is(lookInto(file, 'SELECT id FROM invites').length, 2)
})

test('the data file of another server that has stopped, also one for all to read, can be restored', async (t) => {
  const source = await fillDataFile(t, ['carol'])
  chmodSync(source, 0o644)
  const file = await fillDataFile(t)
  await restore(file, source)
  t.is(modeOf(file), '600')
  t.deepEqual(usernames(file), ['carol'])
  t.deepEqual(namesBeside(source), ['guestlist.db'])
})

test('a file of the first schema is brought up to date', async (t) => {
  const source = join(temporaryFolder(t), 'old.db')
  const handle = new SqliteDatabase(source)
  handle.exec(firstSchema)
  handle.pragma(`application_id = ${applicationId}`)
  handle.pragma('user_version = 1')
  handle.exec(`
    INSERT INTO users (id, username, display_name, is_bot, created_at) VALUES ('${'0'.repeat(36)}', 'dora', 'Dora', 0, 1);
    INSERT INTO signing_keys VALUES ('key', 'private', '{}', 1, 1);
    INSERT INTO audit_events VALUES ('${'1'.repeat(36)}', 1, 'account.registered', NULL, NULL);
  `)
  handle.close()
  const file = await fillDataFile(t)
  t.is((await restore(file, source)).migratedFrom, 1)
  t.deepEqual(usernames(file), ['dora'])
  t.is(lookInto(file, 'SELECT sequence FROM audit_events').length, 2)
  t.is(lookInto(file, 'PRAGMA user_version')[0]?.user_version, newestVersion)
  t.is(lookInto(source, 'PRAGMA user_version')[0]?.user_version, 1, 'the backup stays as it is')
})

test('behind a link the file is replaced where it really lies, and the link stays', async (t) => {
  const file = await fillDataFile(t)
  const { file: backup } = await backUp(file)
  const folder = join(temporaryFolder(t), 'links')
  mkdirSync(folder)
  const link = join(folder, 'guestlist.db')
  symlinkSync(file, link)
  const { kept } = await restore(link, backup)
  t.is(dirname(kept), dirname(file))
  t.deepEqual(namesBeside(link), ['guestlist.db'])
  t.deepEqual(lookInto(link, 'SELECT id FROM signing_keys'), lookInto(file, 'SELECT id FROM signing_keys'))
})

test('an empty data file, and one with damaged pages, are replaced and kept too', async (t) => {
  const file = await fillDataFile(t)
  const { file: backup } = await backUp(file)
  renameSync(file, `${file}.away`)
  writeFileSync(file, '')
  await restore(file, backup)
  t.deepEqual(usernames(file), ['alice'])
  overwrite(file, firstPageOf(file, 'users'), Buffer.alloc(4096, 7))
  t.throws(() => lookInto(file, 'SELECT * FROM users'), { code: 'SQLITE_CORRUPT' })
  await restore(file, backup)
  t.deepEqual(usernames(file), ['alice'])
})
