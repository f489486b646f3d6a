import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import SqliteDatabase from 'better-sqlite3'
import { lockDataFile } from '../../db/lock-data-file.ts'
import { newestVersion } from '../../db/migrate.ts'
import { StartupError } from '../../db/startup-error.ts'
import { backUp, contentsOf, fillDataFile, overwrite, restore, tamper, unseal } from '../helpers/backups.ts'
import { assertFailure, runCommand } from '../helpers/commands.ts'
import { connectBeside } from '../helpers/data-files.ts'
import { startProcess, startScript, startServerProcess } from '../helpers/processes.ts'
import { startServer, temporaryFolder } from '../helpers/start-server.ts'

/** The restore is refused with a line, and every file beside the data file is byte for byte as it was. */
async function assertRefused(t: ExecutionContext, file: string, source: string, reason: RegExp): Promise<void> {
  const before = contentsOf(dirname(file))
  const error = await t.throwsAsync(restore(file, source), { instanceOf: StartupError })
  t.regex(error?.message ?? '', reason)
  t.notRegex(error?.message ?? '', /\n|restoring/, 'one line, with the name that the operator gave')
  t.deepEqual(contentsOf(dirname(file)), before)
}

test('while a server has the data file open, though nobody asks it anything, nothing is restored', async (t) => {
  const file = await fillDataFile(t)
  const { file: backup } = await backUp(file)
  const server = await startServerProcess(t, file)
  await assertRefused(t, file, backup, /guestlist\.db is open in another process: stop the server first$/)
  t.is((await server.request('GET', '/readyz')).status, 200)
  const refused = await runCommand(t, file, ['restore', backup])
  assertFailure(t, refused, /^guestlist: \S+ is open in another process: stop the server first\n$/)
  server.child.kill('SIGTERM')
  t.is((await server.ended).code, 0)
  t.is((await restore(file, backup)).users, 1, 'and once it has stopped, it is')
})

test('while any other program has the data file open, nothing is restored', async (t) => {
  const file = await fillDataFile(t)
  const { file: backup } = await backUp(file)
  const program = `const D = require('better-sqlite3'); const d = new D(process.argv[1], { readonly: true })
    d.prepare('SELECT count(*) FROM users').get(); console.log('open'); setInterval(() => {}, 1e6)`
  const other = startProcess(t, process.execPath, ['-e', program, file])
  await other.waitFor(/open/)
  await assertRefused(t, file, backup, /is open in another process/)
})

test('a server that starts while a restore holds the data file waits, and is told why it cannot', async (t) => {
  const file = await fillDataFile(t)
  const lock = lockDataFile(file)
  const started = startScript(t, 'server/main.ts', [], {
    PORT: '0',
    PUBLIC_URL: 'http://a.example',
    DATABASE_URL: `file:${file}`,
  })
  assertFailure(
    t,
    await started.ended,
    /^guestlist: \S+ is locked by another process: try again, or stop that one first\n$/,
    75,
  )
  lock.release()
})

test('what is no backup is refused with what it is', async (t) => {
  const file = await fillDataFile(t)
  const folder = temporaryFolder(t)
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('empty'), '')
  writeFileSync(at('text'), 'not a database, but long enough to be looked at as one. '.repeat(100))
  mkdirSync(at('folder'))
  new SqliteDatabase(at('foreign')).exec('CREATE TABLE notes (text TEXT)').close()
  for (const [name, reason] of [
    ['missing', /missing cannot be read \(ENOENT\)$/],
    ['empty', /empty is empty$/],
    ['folder', /folder is no file$/],
    ['text', /text is not a Guestlist data file$/],
    ['foreign', /foreign is not a Guestlist data file$/],
  ] as const) {
    await assertRefused(t, file, at(name), reason)
  }
})

test('the data file itself is refused, under every name that it has', async (t) => {
  const file = await fillDataFile(t)
  const link = join(temporaryFolder(t), 'link.db')
  symlinkSync(file, link)
  for (const name of [file, link]) await assertRefused(t, file, name, /is the data file itself: name a backup of it$/)
})

test('a backup of a newer version is refused with both versions', async (t) => {
  const file = await fillDataFile(t)
  const { file: backup } = await backUp(file)
  unseal(backup)
  tamper(backup, `PRAGMA user_version = ${newestVersion + 1}`)
  const reason = new RegExp(`newer Guestlist \\(schema ${newestVersion + 1}, this one knows ${newestVersion}\\)`)
  await assertRefused(t, file, backup, reason)
})

test('a file that a server has open, or had when it was killed, is not whole by itself', async (t) => {
  const file = await fillDataFile(t)
  const source = await fillDataFile(t)
  const other = connectBeside(t, source)
  other.exec('CREATE TABLE filler (text TEXT)')
  t.true(statSync(`${source}-wal`).size > 0)
  await assertRefused(
    t,
    file,
    source,
    /is in use, or was when its server was killed \(\S+-wal is there\): make a backup/,
  )
})

test('a file of another program is not replaced, nor one that nobody can lock', async (t) => {
  const source = await fillDataFile(t)
  const file = join(temporaryFolder(t), 'guestlist.db')
  new SqliteDatabase(file).exec('CREATE TABLE notes (text TEXT)').close()
  await assertRefused(
    t,
    file,
    source,
    /is not a Guestlist data file: DATABASE_URL names the one that is to be replaced$/,
  )
  const broken = await fillDataFile(t)
  overwrite(broken, 0, Buffer.alloc(100, 7))
  await assertRefused(
    t,
    broken,
    source,
    /is damaged too badly to be locked \(SQLITE_NOTADB\): stop the server, move it away/,
  )
  renameSync(broken, `${broken}.broken`)
  t.is((await restore(broken, source)).users, 1, 'and then it can be restored')
})

test('beside a missing data file nothing of it may be left, for it would be taken for the new one’s', async (t) => {
  const source = await fillDataFile(t)
  for (const suffix of ['-wal', '-shm', '-journal']) {
    const file = join(temporaryFolder(t), 'guestlist.db')
    writeFileSync(file + suffix, 'x')
    await assertRefused(t, file, source, /is missing, but \S+ is there: stop the server, and move that file away$/)
  }
  const file = join(temporaryFolder(t), 'guestlist.db')
  symlinkSync('/nowhere/guestlist.db', file)
  const error = await t.throwsAsync(restore(file, source), { instanceOf: StartupError })
  t.regex(error?.message ?? '', /is a link to a file that does not exist: is its disk mounted\?$/)
})

test('a file that a server has open is refused under its other names too', async (t) => {
  const file = await fillDataFile(t)
  const other = await fillDataFile(t, ['carol'])
  const before = readFileSync(file)
  const server = await startServer(t, { file: other })
  await server.mintInvite(1)
  const folder = temporaryFolder(t)
  symlinkSync(other, join(folder, 'link.db'))
  linkSync(other, join(folder, 'hard.db'))
  for (const [name, reason] of [
    ['link.db', /is in use/],
    ['hard.db', /has another name \(a hard link\)/],
  ] as const) {
    assertFailure(t, await runCommand(t, file, ['restore', join(folder, name)]), reason)
  }
  t.deepEqual(readFileSync(file), before)
})

test('anything but a whole seal behind the last page is a change', async (t) => {
  const file = await fillDataFile(t)
  const { file: backup } = await backUp(file)
  const bytes = readFileSync(backup)
  const flippedMark = Buffer.from(bytes)
  flippedMark[bytes.length - 40] = 0
  for (const changed of [
    Buffer.concat([bytes, Buffer.from('\n')]),
    bytes.subarray(0, -1),
    bytes.subarray(0, -47),
    Buffer.concat([bytes, bytes.subarray(-48)]),
    flippedMark,
  ]) {
    writeFileSync(backup, changed)
    assertFailure(t, await runCommand(t, file, ['restore', backup]), /was changed after it was made/)
  }
  writeFileSync(backup, bytes.subarray(0, -48))
  t.is((await runCommand(t, file, ['restore', backup])).code, 0, 'a plain copy of the pages is whole')
})

test('a second name of the data file that an interrupted restore left is no data file', async (t) => {
  const file = await fillDataFile(t)
  const second = `${file}.replaced-20261125T100000Z`
  linkSync(file, second)
  assertFailure(t, await runCommand(t, second, ['invites', 'mint']), /is a second name of a data file/)
  t.is((await runCommand(t, file, ['invites', 'mint'])).code, 0)
})

test('a path that is no file, and names beside it that are not ours, give a line each', async (t) => {
  const file = await fillDataFile(t)
  const { file: backup } = await backUp(file)
  mkdirSync(`${file}.restoring-notes`)
  symlinkSync('nowhere', `${file}.replaced-latest`)
  const named = `${file}.restoring-0123456789abcdef`
  copyFileSync(backup, named)
  t.is((await runCommand(t, file, ['restore', named])).code, 0)
  t.true(existsSync(named), 'what was restored from stays')
  t.true(lstatSync(`${file}.replaced-latest`).isSymbolicLink())
  assertFailure(t, await runCommand(t, dirname(file), ['restore', backup]), /is no file: change DATABASE_URL/)
})
