import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import test from 'ava'
import { rotateBackups } from '../../server/backups/rotate-backups.ts'
import { fillDataFile } from '../helpers/backups.ts'
import { runCommand } from '../helpers/commands.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

const name = (day: number, rest = ''): string => `guestlist-202611${String(day).padStart(2, '0')}T094500Z${rest}.db`

test('--keep deletes the oldest by their names, and touches nothing else', async (t) => {
  const file = await fillDataFile(t)
  const folder = join(dirname(file), 'backups')
  mkdirSync(folder)
  const others = [
    'guestlist.db',
    'guestlist-20261101.db',
    'guestlist-20261101T094500Z.db.gz',
    'guestlist-20261101T094500Z-0.db',
    'guestlist-20261301T094500Z.db',
    'my-guestlist-20261101T094500Z.db',
    'guestlist-20261130T094500Z.db-wal',
    'notes.txt',
  ]
  const backups = [name(3), name(1), name(2, '-10'), name(2, '-2'), name(2)]
  for (const each of [...others, ...backups]) writeFileSync(join(folder, each), each)
  mkdirSync(join(folder, name(4)))
  symlinkSync('notes.txt', join(folder, name(5)))
  const { code, stdout } = await runCommand(t, file, ['backup', '--json', '--keep', '3'])
  t.is(code, 0)
  const made: { file: string; deleted: string[] } = JSON.parse(stdout)
  t.deepEqual(
    made.deleted.map((each) => basename(each)),
    [name(1), name(2), name(2, '-2')],
  )
  const left = [...others, name(2, '-10'), name(3), name(4), name(5), basename(made.file)]
  t.deepEqual(readdirSync(folder).sort(), left.sort())
})

test('a new one that looks older than the rest stays', (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'guestlist.db')
  for (const each of ['guestlist.db', name(1), name(2), name(3)]) writeFileSync(join(folder, each), '')
  t.deepEqual(rotateBackups(folder, join(folder, name(1)), 2, file), [join(folder, name(2))], 'the clock was set back')
  t.deepEqual(readdirSync(folder).sort(), ['guestlist.db', name(1), name(3)].sort())
  t.deepEqual(rotateBackups(folder, join(folder, name(1)), 1, file), [join(folder, name(3))])
  t.deepEqual(rotateBackups(folder, join(folder, name(1)), 1, file), [])
  t.deepEqual(readdirSync(folder).sort(), ['guestlist.db', name(1)].sort())
})

test('a backup that somebody uses as a data file is no old backup, by whatever way one comes to it', async (t) => {
  const folder = temporaryFolder(t)
  const used = join(folder, name(1))
  copyFileSync(await fillDataFile(t), used)
  symlinkSync(folder, join(dirname(folder), `${basename(folder)}-link`))
  t.teardown(() => rmSync(join(dirname(folder), `${basename(folder)}-link`)))
  const byLink = join(dirname(folder), `${basename(folder)}-link`, name(1))
  const { code, stdout } = await runCommand(t, byLink, ['backup', '--to', folder, '--keep', '1', '--json'])
  t.is(code, 0)
  t.deepEqual(JSON.parse(stdout).deleted, [])
  t.true(existsSync(used))
})
