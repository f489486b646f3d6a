import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import test from 'ava'
import SqliteDatabase from 'better-sqlite3'
import { sql } from 'kysely'
import { CommitOutcomeUnknown } from '../../db/commit-outcome.ts'
import { register } from '../helpers/account-requests.ts'
import { connectBeside } from '../helpers/data-files.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServerProcess } from '../helpers/processes.ts'
import { startServer, type TestServer, temporaryFolder } from '../helpers/start-server.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const aside = (file: string): string => `${file}.aside`

const replace = (file: string): void => {
  copyFileSync(file, `${file}.new`)
  renameSync(`${file}.new`, file)
}

const losses: Readonly<Record<string, (file: string) => void>> = {
  'a data file that is renamed': (file) => renameSync(file, aside(file)),
  'a data file that is deleted': (file) => rmSync(file),
  'a data file that a copy is put in the place of': replace,
  'a data file that is cut short': (file) => truncateSync(file),
  'a -wal that is deleted': (file) => rmSync(`${file}-wal`),
  'a -shm that is deleted': (file) => rmSync(`${file}-shm`),
  'a folder that is renamed': (file) => renameSync(dirname(file), aside(dirname(file))),
}

const startInFolder = (t: Parameters<typeof startServer>[0]): Promise<TestServer> => {
  const folder = join(temporaryFolder(t), 'data')
  mkdirSync(folder)
  return startServer(t, { file: join(folder, 'guestlist.db') })
}

for (const [what, lose] of Object.entries(losses)) {
  test(`${what} under the server: no write is answered as done, and it is told once`, async (t) => {
    const server = await startInFolder(t)
    await registerPerson(server)
    const inviteCode = await server.mintInvite(2)
    lose(server.file)
    const fields = { inviteCode, username: 'bob', email: 'bob@example.com' }
    assertProblem(t, await register(server, fields), 503, 'database_unavailable')
    assertProblem(t, await server.request('GET', '/readyz'), 503, 'database_unavailable')
    await server.auth.beat()
    assertProblem(t, await register(server, fields), 503, 'database_unavailable')
    t.is(server.log().match(/"event":"data_file.lost"/g)?.length, 1)
    t.false(server.log().includes(inviteCode))
  })
}

test('a write whose file goes just before its commit is told as unknown: whoever puts the file back gets it back', async (t) => {
  const server = await startInFolder(t)
  await server.mintInvite(1)
  // From here to the commit no timer comes between, so no beat has looked.
  const write = server.auth.deps.db.transaction().execute(async (trx) => {
    await trx.updateTable('invites').set({ note: 'lost' }).execute()
    rmSync(server.file)
  })
  await t.throwsAsync(write, { instanceOf: CommitOutcomeUnknown, code: 'SQLITE_READONLY_DBMOVED' })
  await server.auth.beat()
  assertProblem(t, await server.request('GET', '/readyz'), 503, 'database_unavailable')
})

test('all that was answered is saved beside the lost file, whole, for nobody else to read', async (t) => {
  const server = await startInFolder(t)
  await registerPerson(server)
  rmSync(server.file)
  await server.auth.beat()
  await waitUntil(() => server.log().includes('data_file.rescued'))
  const folder = dirname(server.file)
  const name = readdirSync(folder).find((each) => each.startsWith(`${basename(server.file)}.rescued-`)) ?? ''
  const saved = new SqliteDatabase(join(folder, name))
  t.is(saved.pragma('integrity_check', { simple: true }), 'ok')
  t.deepEqual(saved.prepare('SELECT username FROM users').pluck().all(), ['alice'])
  saved.close()
  await server.stop()
  t.false(existsSync(server.file), 'and nothing is made under its name')
  await t.throwsAsync(startServer(t, { file: server.file }), { message: /is missing, but .* was saved from it/ })
  renameSync(join(folder, name), server.file)
  for (const suffix of ['-wal', '-shm']) rmSync(server.file + suffix, { force: true })
  const again = await startServer(t, { file: server.file })
  t.is(again.query('SELECT 1 FROM users').length, 1)
})

test('a server that stops leaves the file in the place of its own alone, with its -wal', async (t) => {
  const server = await startInFolder(t)
  await registerPerson(server)
  await server.auth.deps.db.executeQuery(sql`pragma wal_checkpoint(truncate)`.compile(server.auth.deps.db))
  replace(server.file)
  for (const suffix of ['-wal', '-shm']) rmSync(server.file + suffix)
  const other = connectBeside(t, server.file)
  other.exec("UPDATE users SET display_name = 'other'")
  await server.stop()
  t.true(statSync(`${server.file}-wal`).size > 0)
  t.is(connectBeside(t, server.file).prepare('SELECT display_name FROM users').pluck().get(), 'other')
})

test('a file that is put back untouched is used again, with all that was answered', async (t) => {
  const server = await startInFolder(t)
  const { token } = await registerPerson(server)
  renameSync(server.file, aside(server.file))
  assertProblem(t, await server.request('GET', '/readyz'), 503, 'database_unavailable')
  renameSync(aside(server.file), server.file)
  t.deepEqual((await server.request('GET', '/readyz')).body, { status: 'ready' })
  t.is((await server.request('GET', '/api/auth/me', { token })).status, 200)
})

test('a file that somebody wrote to by another name meanwhile is not used again', async (t) => {
  const server = await startInFolder(t)
  await registerPerson(server)
  renameSync(server.file, aside(server.file))
  assertProblem(t, await server.request('GET', '/readyz'), 503, 'database_unavailable')
  const later = new Date(Date.now() + 1000)
  utimesSync(aside(server.file), later, later)
  renameSync(aside(server.file), server.file)
  assertProblem(t, await server.request('GET', '/readyz'), 503, 'database_unavailable')
})

test('a symbolic link that leads elsewhere under the server is noticed', async (t) => {
  const folder = temporaryFolder(t)
  const link = join(folder, 'link.db')
  symlinkSync(join(folder, 'real.db'), link)
  new SqliteDatabase(join(folder, 'real.db')).exec('PRAGMA user_version = 0').close()
  copyFileSync(join(folder, 'real.db'), join(folder, 'other.db'))
  const server = await startServer(t, { file: link })
  rmSync(link)
  symlinkSync(join(folder, 'other.db'), link)
  assertProblem(t, await server.request('GET', '/readyz'), 503, 'database_unavailable')
})

test('a server process notices by itself, without being asked', async (t) => {
  const file = join(temporaryFolder(t), 'guestlist.db')
  const server = await startServerProcess(t, file)
  rmSync(file)
  await server.waitFor(/"event":"data_file.lost"/)
  await server.waitFor(/"event":"data_file.rescued"/)
  t.is((await server.request('GET', '/readyz')).status, 503)
})
