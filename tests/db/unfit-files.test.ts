import { execFileSync } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'
import { openReadOnly } from '../../db/open-read-only.ts'
import { makeDataFile, newDataFile, openUntilEnd, refusalToOpen } from '../helpers/data-files.ts'

test('a data file with a second name is not opened by either, but one that a killed restore left is no hindrance', async (t) => {
  const file = await makeDataFile(t)
  const second = join(dirname(file), 'second.db')
  linkSync(file, second)
  t.regex(refusalToOpen(second), /has a second name \(a hard link: .*guestlist\.db\)/)
  t.regex(refusalToOpen(file), /has a second name \(a hard link: .*second\.db\)/)
  t.throws(() => openReadOnly(second), { message: /has a second name/ })
  t.false(existsSync(`${second}-wal`))
  const restored = await makeDataFile(t)
  linkSync(restored, `${restored}.replaced-20261125T100000Z`)
  t.notThrows(() => openUntilEnd(t, restored))
})

test('what is no file is refused with a line that says what it is, and is not waited for', (t) => {
  const file = newDataFile(t)
  execFileSync('mkfifo', [file])
  t.regex(refusalToOpen(file), /is a pipe: DATABASE_URL must name a file/)
  t.regex(refusalToOpen('/dev/null'), /\/dev\/null is a device: DATABASE_URL must name a file/)
  t.regex(refusalToOpen(dirname(file)), /is a folder: DATABASE_URL must name a file/)
})

test('a link that leads nowhere is refused, and nothing is made where it leads', (t) => {
  const file = newDataFile(t)
  symlinkSync(`${file}.target`, file)
  t.regex(refusalToOpen(file), /is a link to a file that does not exist/)
  t.false(existsSync(`${file}.target`))
})

test('a -wal without its data file is not given to a new one', (t) => {
  const file = newDataFile(t)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}-wal`, 'pages that were answered')
  t.regex(refusalToOpen(file), /is missing, but its .*-wal is there/)
  t.false(existsSync(file))
  t.is(readFileSync(`${file}-wal`, 'utf8'), 'pages that were answered')
})
