import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import test from 'ava'
import { makePartial, removePartialsOf } from '../../server/backups/backup-folder.ts'
import { insertBackup } from '../../server/backups/backup-store.ts'
import { makeBackup } from '../../server/backups/make-backup.ts'
import { addPerson } from '../helpers/add-person.ts'
import { backUp, fillDataFile, lookInto, modeOf, usernames } from '../helpers/backups.ts'
import { runCommand } from '../helpers/commands.ts'
import { openUntilEnd } from '../helpers/data-files.ts'
import { startServer, temporaryFolder } from '../helpers/start-server.ts'

const hour = 3_600_000

test('a backup is a whole copy for the owner only, beside the data file, and its hash and time are told', async (t) => {
  const file = await fillDataFile(t, ['alice', 'bob'])
  const { code, stdout } = await runCommand(t, file, ['backup', '--json'])
  t.is(code, 0)
  const backup = JSON.parse(stdout)
  t.deepEqual(Object.keys(backup), ['file', 'bytes', 'sha256', 'users', 'audit', 'provenAt', 'deleted'])
  t.is(dirname(backup.file), join(dirname(file), 'backups'))
  t.regex(basename(backup.file), /^guestlist-20\d{6}T\d{6}Z\.db$/)
  t.is(modeOf(backup.file), '600')
  t.is(modeOf(dirname(backup.file)), '700')
  t.deepEqual(readdirSync(dirname(backup.file)), [basename(backup.file)], 'nothing else is left')
  t.is(backup.sha256, createHash('sha256').update(readFileSync(backup.file)).digest('hex'))
  t.like(backup, { users: 2, bytes: statSync(backup.file).size, deleted: [] })
  t.true(Math.abs(Date.parse(backup.provenAt) - Date.now()) < 60_000)
  for (const table of ['users', 'sessions', 'invites', 'signing_keys', 'audit_events', 'server_secrets']) {
    t.deepEqual(lookInto(backup.file, `SELECT * FROM ${table}`), lookInto(file, `SELECT * FROM ${table}`), table)
  }
  const [record, ...more] = lookInto(file, 'SELECT file, bytes, users, proven_at FROM backups')
  t.deepEqual(more, [])
  t.deepEqual(record, { file: backup.file, bytes: backup.bytes, users: 2, proven_at: Date.parse(backup.provenAt) })
})

test('it is made while the server runs, with what was only in its journal, and people get fields', async (t) => {
  const server = await startServer(t)
  await addPerson(server, 'alice')
  const folder = join(temporaryFolder(t), 'new', 'folder')
  const { code, stdout } = await runCommand(t, server.file, ['backup'], { BACKUP_DIR: folder })
  t.is(code, 0)
  const [name = ''] = readdirSync(folder)
  t.regex(stdout, new RegExp(`^file +${join(folder, name)}\nbytes +\\d+\nsha256 +[0-9a-f]{64}\nusers +1\naudit +`))
  t.regex(stdout, /\nproven +20\d\d-\d\d-\d\dT/)
  t.deepEqual(usernames(join(folder, name)), ['alice'])
})

test('backups at once all work, and in one second they have names of their own', async (t) => {
  const file = await fillDataFile(t)
  const db = openUntilEnd(t, file)
  const folder = join(temporaryFolder(t), 'to')
  const deps = { db, now: () => Date.parse('2026-11-25T09:45:00.900Z'), config: { databaseFile: file } }
  const made = await Promise.all([makeBackup(deps, folder), makeBackup(deps, folder), makeBackup(deps, folder)])
  const names = ['guestlist-20261125T094500Z-2.db', 'guestlist-20261125T094500Z-3.db', 'guestlist-20261125T094500Z.db']
  t.deepEqual(made.map((backup) => basename(backup.file)).sort(), names)
  t.deepEqual(readdirSync(folder).sort(), names)
  const command = ['backup', '--to', folder]
  const ended = await Promise.all([runCommand(t, file, command), runCommand(t, file, command)])
  t.deepEqual(
    ended.map(({ code }) => code),
    [0, 0],
  )
  t.is(readdirSync(folder).length, 5)
})

test('what a killed backup left goes after an hour, and what another is making stays', async (t) => {
  const file = await fillDataFile(t)
  const folder = join(dirname(file), 'backups')
  await backUp(file)
  const [old, young] = [makePartial(folder), makePartial(folder)]
  const foreign = join(folder, '.guestlist-1-partial')
  writeFileSync(foreign, '')
  const past = new Date(Date.now() - hour - 1000)
  for (const each of [old, foreign]) utimesSync(each, past, past)
  await backUp(file)
  t.false(existsSync(old))
  t.true(existsSync(young))
  t.true(existsSync(foreign), 'not ours')
})

test('whoever ended a process clears away what it left, and nothing else', (t) => {
  const folder = temporaryFolder(t)
  makePartial(folder)
  const ofAnother = `.guestlist-${process.pid}1-0123456789abcdef.partial`
  for (const name of [ofAnother, 'guestlist-20261125T094500Z.db']) writeFileSync(join(folder, name), '')
  removePartialsOf(folder, process.pid)
  t.deepEqual(readdirSync(folder).sort(), [ofAnother, 'guestlist-20261125T094500Z.db'])
})

test('a backup in the making is for the owner only, whatever the umask', (t) => {
  const umask = process.umask(0)
  t.teardown(() => process.umask(umask))
  t.is(modeOf(makePartial(temporaryFolder(t))), '600')
})

test('the data file remembers the last hundred', async (t) => {
  const server = await startServer(t)
  const backup = { bytes: 1, sha256: '00'.repeat(32), users: 0, auditHead: undefined, startedAt: 1, provenAt: 1 }
  await server.auth.deps.db.transaction().execute(async (trx) => {
    for (let count = 1; count <= 103; count += 1) await insertBackup(trx, { file: `/${count}`, ...backup })
  })
  const files = server.query<{ file: string }>('SELECT file FROM backups ORDER BY id').map(({ file }) => file)
  t.is(files.length, 100)
  t.deepEqual([files[0], files.at(-1)], ['/4', '/103'])
})
