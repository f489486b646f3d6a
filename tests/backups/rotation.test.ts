import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
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
    'guestlist-20261101T094500Z.db-wal',
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
  for (const each of [name(1), name(2), name(3)]) writeFileSync(join(folder, each), '')
  t.deepEqual(rotateBackups(folder, join(folder, name(1)), 2), [join(folder, name(2))], 'the clock was set back')
  t.deepEqual(readdirSync(folder).sort(), [name(1), name(3)])
  t.deepEqual(rotateBackups(folder, join(folder, name(1)), 1), [join(folder, name(3))])
  t.deepEqual(rotateBackups(folder, join(folder, name(1)), 1), [])
  t.deepEqual(readdirSync(folder), [name(1)])
})
