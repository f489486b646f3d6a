import {
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'
import { lockDataFile } from '../../db/lock-data-file.ts'
import { placeUnlessTaken } from '../../server/backups/durable-files.ts'
import { holdDataFile, keepAside } from '../../server/backups/replace-data-file.ts'
import { contentsOf, fillDataFile, modeOf, namesBeside } from '../helpers/backups.ts'
import { assertFailure } from '../helpers/commands.ts'
import { serverSettings, startScript } from '../helpers/processes.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

/** How a file system without hard links answers. */
const refuseLink = (): never => {
  throw Object.assign(new Error('no links here'), { code: 'EPERM' })
}

test('where there are no hard links, what is replaced is kept as a copy, and the lock holds on', async (t) => {
  const file = await fillDataFile(t)
  // Not while the lock is held: to close a file that one has open elsewhere gives up the lock on it.
  const before = readFileSync(file).subarray(100)
  const descriptor = openSync(file, 'r')
  const { fold, release } = lockDataFile(file)
  const name = `${file}.replaced-1`
  t.is(keepAside({ fold, descriptor }, file, name, refuseLink), name)
  t.is(keepAside({ fold: () => {}, descriptor }, file, name, refuseLink), `${name}-2`)
  t.deepEqual(readFileSync(`${name}-2`).subarray(100), before)
  t.is(modeOf(name), '600')
  t.not(statSync(name).ino, statSync(file).ino)
  const opened = startScript(t, 'server/main.ts', [], serverSettings(file))
  assertFailure(t, await opened.ended, /is locked by another process/, 75)
  release()
})

test('a finished file takes no name that is taken, with hard links and without', (t) => {
  const folder = temporaryFolder(t)
  for (const link of [undefined, refuseLink]) {
    for (const name of ['finished', 'taken']) writeFileSync(join(folder, name), name)
    t.false(placeUnlessTaken(join(folder, 'finished'), join(folder, 'taken'), link))
    t.is(readFileSync(join(folder, 'taken'), 'utf8'), 'taken')
    t.true(placeUnlessTaken(join(folder, 'finished'), join(folder, `free-${link === undefined}`), link))
    t.false(existsSync(join(folder, 'finished')))
  }
  t.deepEqual(readdirSync(folder).sort(), ['free-false', 'free-true', 'taken'])
})

test('what was kept for a replacement that did not happen is given up again', async (t) => {
  const file = await fillDataFile(t)
  const before = contentsOf(dirname(file))
  const held = holdDataFile(file)
  const kept = held.keep(Date.now())
  t.true(existsSync(String(kept)))
  held.release()
  t.deepEqual(namesBeside(file), Object.keys(before).sort())
})

test('a server that waited while its data file was replaced does not go on with the old one', async (t) => {
  const file = await fillDataFile(t)
  const replacement = await fillDataFile(t, ['carol'])
  const lock = lockDataFile(file)
  const started = startScript(t, 'server/main.ts', [], serverSettings(file))
  if (!(await hasOpen(started.child.pid, file))) return t.pass('only Linux tells which files a process has open')
  lock.fold()
  renameSync(replacement, file)
  const bytes = readFileSync(file)
  lock.release()
  assertFailure(t, await started.ended, /^guestlist: \S+ was replaced just now, by a restore: start again\n$/)
  t.deepEqual(readFileSync(file), bytes)
  t.deepEqual(namesBeside(file), ['guestlist.db'])
})

/** Resolves when SQLite of the process has the file open; false where nobody can tell. */
async function hasOpen(pid: number | undefined, file: string): Promise<boolean> {
  const folder = `/proc/${pid}`
  if (!existsSync(folder)) return false
  const isOpenedBySqlite = (descriptor: string): boolean => {
    try {
      if (readlinkSync(join(folder, 'fd', descriptor)) !== file) return false
      const [, flags = '0'] = /^flags:\s+(\d+)$/m.exec(readFileSync(join(folder, 'fdinfo', descriptor), 'utf8')) ?? []
      // Before SQLite the server opens the file itself, to append, and looks only then which file it is.
      return (Number.parseInt(flags, 8) & constants.O_APPEND) === 0
    } catch {
      return false
    }
  }
  while (!readdirSync(join(folder, 'fd')).some(isOpenedBySqlite)) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  return true
}
