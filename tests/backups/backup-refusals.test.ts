import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'
import { StartupError } from '../../db/startup-error.ts'
import { makeBackup } from '../../server/backups/make-backup.ts'
import { backUp, fillDataFile, lookInto, tamper } from '../helpers/backups.ts'
import { assertFailure, runCommand } from '../helpers/commands.ts'
import { connectBeside, newDataFile, openUntilEnd } from '../helpers/data-files.ts'
import { type Ended, startProcess } from '../helpers/processes.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

const tool = join(projectFolder, 'scripts', 'guestlist.ts')

test('a folder that cannot be one is refused with a line, and nothing is recorded', async (t) => {
  const file = await fillDataFile(t)
  for (const [folder, reason] of [
    [file, /is no folder \(ENOTDIR\)/],
    [join(file, 'deeper'), /is no folder \(ENOTDIR\)/],
    ['/proc/none/deeper', /\/proc\/none\/deeper cannot be written \(ENOENT\): make it writable, or choose another/],
  ] as const) {
    const error = await t.throwsAsync(backUp(file, folder), { instanceOf: StartupError })
    t.regex(error?.message ?? '', reason)
  }
  t.deepEqual(lookInto(file, 'SELECT id FROM backups'), [])
})

test('--keep must leave the new one, and a data file that is missing is not made', async (t) => {
  const file = newDataFile(t)
  for (const keep of ['0', '1.5']) {
    assertFailure(t, await runCommand(t, file, ['backup', `--keep=${keep}`]), /It must be a number from 1\./)
  }
  assertFailure(t, await runCommand(t, file, ['backup']), /does not exist: is DATABASE_URL the one/)
  t.deepEqual(readdirSync(dirname(file)), [])
})

test('a data file that has the name of a backup is not backed up into its own folder', async (t) => {
  const file = await fillDataFile(t)
  const confusing = join(dirname(file), 'guestlist-20261125T094500Z.db')
  renameSync(file, confusing)
  const error = await t.throwsAsync(backUp(confusing, dirname(file)), { instanceOf: StartupError })
  t.regex(error?.message ?? '', /the data file \S+ has the name of a backup: choose another folder/)
  t.true(existsSync(confusing))
})

test('a damaged data file gives no backup, and the line says which file is damaged', async (t) => {
  const file = await fillDataFile(t)
  tamper(file, "DELETE FROM users WHERE username = 'alice'")
  const folder = join(temporaryFolder(t), 'to')
  const error = await t.throwsAsync(backUp(file, folder), { instanceOf: StartupError })
  t.regex(error?.message ?? '', /damaged \(a row of sessions belongs to one of users that is missing\)/)
  t.deepEqual(readdirSync(folder), [])
})

test('where files may grow no further, nothing is left behind', async (t) => {
  const file = await fillDataFile(t)
  const folder = join(temporaryFolder(t), 'to')
  mkdirSync(folder)
  // The shell's limit is on every file that the command writes; 100 blocks hold the start of a backup.
  const script = `ulimit -f 100; exec "${process.execPath}" "${tool}" backup --to "${folder}"`
  const ended = await startProcess(t, 'sh', ['-c', script], { DATABASE_URL: `file:${file}` }).ended
  assertFailure(t, ended, /cannot be written \(SQLITE_IOERR_WRITE\)/)
  t.deepEqual(readdirSync(folder), [])
  t.deepEqual(lookInto(file, 'SELECT id FROM backups'), [])
})

test('on a full disk nothing is left behind, and the line says that it is full', async (t) => {
  const file = await fillDataFile(t)
  const disk = join(temporaryFolder(t), 'disk')
  mkdirSync(disk)
  const run = async (script: string): Promise<Ended> =>
    await startProcess(t, 'unshare', ['-rm', 'sh', '-c', script], { DATABASE_URL: `file:${file}` }).ended.catch(
      (error) => ({ code: 1, signal: null, stdout: '', stderr: String(error) }),
    )
  const mount = `mount -t tmpfs -o size=64k tmpfs "${disk}"`
  const trial = await run(mount)
  if (trial.code !== 0) return t.pass(`no disk can be mounted here (${trial.stderr}): the limit above has to do`)
  const ended = await run(`${mount} && "${process.execPath}" "${tool}" backup --to "${disk}"; ls -A "${disk}" >&2`)
  t.regex(ended.stderr, /^guestlist: the disk of \S+ is full \(SQLITE_FULL\): nothing has changed; make room[^\n]*\n$/)
})

test('a table that is not ours, as Litestream makes them, is copied like any other', async (t) => {
  const file = await fillDataFile(t)
  tamper(
    file,
    'CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER); INSERT INTO _litestream_seq VALUES (1, 5)',
  )
  const { file: copy } = await backUp(file)
  t.deepEqual(lookInto(copy, 'SELECT * FROM _litestream_seq'), [{ id: 1, seq: 5 }])
})

test('a backup that cannot be recorded is none: nothing is left of it', async (t) => {
  const file = await fillDataFile(t)
  const folder = temporaryFolder(t)
  const db = openUntilEnd(t, file)
  connectBeside(t, file).exec("CREATE TRIGGER no BEFORE INSERT ON backups BEGIN SELECT RAISE(ABORT, 'no'); END")
  await t.throwsAsync(makeBackup({ db, now: Date.now, config: { databaseFile: file } }, folder))
  t.deepEqual(readdirSync(folder), [])
})

test('a folder that cannot be one is refused before an older data file is brought up to date', async (t) => {
  const file = newDataFile(t)
  copyFileSync(join(projectFolder, 'tests', 'db', 'files', 'schema-1.db'), file)
  const before = readFileSync(file)
  assertFailure(t, await runCommand(t, file, ['backup', '--to', file]), /is no folder/)
  t.deepEqual(readFileSync(file), before)
})
