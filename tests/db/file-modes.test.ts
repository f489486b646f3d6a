import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { makeDataFile, newDataFile, openUntilEnd, refusalToOpen } from '../helpers/data-files.ts'
import { startServer, temporaryFolder } from '../helpers/start-server.ts'

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test('new folders are for the owner only, and so is every file in them', async (t) => {
  const folder = join(temporaryFolder(t), 'new', 'data')
  const umask = process.umask(0)
  t.teardown(() => process.umask(umask))
  await startServer(t, { file: join(folder, 'guestlist.db') })
  t.is(modeOf(folder), '700')
  t.is(modeOf(join(folder, '..')), '700')
  const files = readdirSync(folder)
  t.deepEqual(files.sort(), ['guestlist.db', 'guestlist.db-shm', 'guestlist.db-wal'])
  for (const name of files) t.is(modeOf(join(folder, name)), '600', name)
})

test('a folder that was there keeps its mode, and the data file in it is for the owner only', (t) => {
  const folder = join(temporaryFolder(t), 'shared')
  mkdirSync(folder)
  chmodSync(folder, 0o775)
  openUntilEnd(t, join(folder, 'guestlist.db'))
  t.is(modeOf(folder), '775')
  t.is(modeOf(join(folder, 'guestlist.db')), '600')
})

test('a data file that others could read is closed to them', async (t) => {
  const file = await makeDataFile(t)
  chmodSync(file, 0o666)
  openUntilEnd(t, file)
  t.is(modeOf(file), '600')
})

test('a folder that cannot be written, or that is none, is refused with a line', (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'file')
  writeFileSync(file, 'a file')
  const inFile = join(file, 'guestlist.db')
  const advice = 'DATABASE_URL must name a file in a folder'
  t.is(refusalToOpen(inFile), `${inFile} is not a place for a file (ENOTDIR): ${advice}`)
  t.regex(refusalToOpen(join(file, 'deeper', 'guestlist.db')), /is not a place for a file \(ENOTDIR\)/)
  t.regex(refusalToOpen(folder), /is a folder: DATABASE_URL must name a file in a folder/)
  t.is(refusalToOpen('/proc/none/deeper/guestlist.db'), '/proc/none/deeper/guestlist.db cannot be opened (ENOENT)')
  t.regex(refusalToOpen(join(folder, 'a'.repeat(300))), /ENAMETOOLONG/)
  symlinkSync('loop', join(folder, 'loop'))
  t.regex(refusalToOpen(join(folder, 'loop')), /ELOOP/)
})

test('on a network file system nothing is made, unless the operator allows it', (t) => {
  for (const [type, name] of [
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [0xff534d42 | 0, 'CIFS'],
    [0xfe534d42, 'SMB2'],
    [0x517b, 'SMB'],
    [0x01021997, '9P'],
  ] as const) {
    const file = newDataFile(t)
    const readFileSystemType = () => type
    const refusal = refusalToOpen(file, { readFileSystemType })
    t.true(refusal.includes(`network file system (${name})`), refusal)
    t.true(refusal.includes('ALLOW_NETWORK_FILE_SYSTEM=on'), refusal)
    t.false(existsSync(file))
    openUntilEnd(t, file, { readFileSystemType, allowNetworkFileSystem: true })
  }
  const local = 0xef53
  openUntilEnd(t, newDataFile(t), { readFileSystemType: () => local })
  t.pass()
})
