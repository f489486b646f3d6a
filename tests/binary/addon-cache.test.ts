import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import {
  anyPort,
  getBinary,
  installBinary,
  isRoot,
  nobody,
  ownCache,
  type Place,
  startBinary,
  waitForAddress,
} from '../helpers/binary.ts'
import { startProcess } from '../helpers/processes.ts'
import { projectFolder } from '../helpers/source-files.ts'

const addon = readFileSync(join(projectFolder, 'node_modules', 'better-sqlite3', 'prebuilds', 'linux-x64.node'))

const install = async (t: ExecutionContext): Promise<Place | undefined> => {
  const binary = await getBinary(t)
  if (binary === undefined) return undefined
  const place = installBinary(t, binary)
  // One that is there: a command makes none.
  const data = join(place.folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  copyFileSync(join(projectFolder, 'tests', 'db', 'files', 'schema-7.db'), join(data, 'guestlist.db'))
  if (isRoot) execFileSync('chown', ['--recursive', `${nobody}:${nobody}`, data])
  return place
}

/** Opens SQLite, and so needs the addon. */
async function mint(t: ExecutionContext, place: Place, settings: Record<string, string> = {}): Promise<void> {
  const { code, stderr } = await startBinary(t, place, ['invites', 'mint'], settings).ended
  t.is(code, 0, stderr)
}

/** The one file of a cache, which is for its owner only and holds nothing else. */
function theAddon(t: ExecutionContext, cache: string): string {
  const names = readdirSync(cache)
  t.is(names.length, 1, names.join())
  t.regex(names[0] ?? '', /^better-sqlite3-[0-9a-f]{64}\.node$/)
  t.is(statSync(cache).mode & 0o777, 0o700)
  const file = join(cache, names[0] ?? '')
  t.is(statSync(file).mode & 0o777, 0o600)
  t.true(readFileSync(file).equals(addon))
  return file
}

test('an addon that was tampered with or cut short is replaced, and never loaded', async (t) => {
  const place = await install(t)
  if (place === undefined) return
  const cache = join(place.folder, 'data', ownCache)
  await mint(t, place)
  const file = theAddon(t, cache)
  const { ino } = statSync(file)
  await mint(t, place)
  t.is(statSync(file).ino, ino, 'one that is whole is left alone')
  // Loading any of these would end the process.
  const tampered = Buffer.from(addon)
  tampered.fill(0xcc, addon.length / 2)
  for (const content of [tampered, Buffer.alloc(0), Buffer.from('not a library')]) {
    writeFileSync(file, content)
    await mint(t, place)
    theAddon(t, cache)
  }
  truncateSync(file, addon.length - 1)
  await mint(t, place)
  theAddon(t, cache)
})

test('two that start at once on an empty cache both run', async (t) => {
  const place = await install(t)
  if (place === undefined) return
  const settings = { ...anyPort, XDG_CACHE_HOME: join(place.folder, 'cache') }
  const running = ['one', 'two'].map((name) =>
    startBinary(t, place, ['serve'], { ...settings, DATABASE_URL: `file:./${name}/guestlist.db` }),
  )
  for (const each of running) await waitForAddress(each)
  for (const each of running) each.child.kill('SIGTERM')
  for (const each of running) t.is((await each.ended).code, 0)
  theAddon(t, join(place.folder, 'cache', 'guestlist'))
})

test('its cache is where systemd, XDG or the home folder say, else beside the data file', async (t) => {
  const place = await install(t)
  if (place === undefined) return
  const at = (...names: string[]): string => join(place.folder, ...names)
  const settings = { CACHE_DIRECTORY: at('systemd'), XDG_CACHE_HOME: at('xdg'), HOME: at('home') }
  const expected = [
    at('systemd', 'addon'),
    at('xdg', 'guestlist'),
    at('home', '.cache', 'guestlist'),
    at('data', ownCache),
  ]
  const names = ['CACHE_DIRECTORY', 'XDG_CACHE_HOME', 'HOME'] as const
  for (const [index, cache] of expected.entries()) {
    t.false(existsSync(cache))
    await mint(t, place, Object.fromEntries(names.slice(index).map((name) => [name, settings[name]])))
    theAddon(t, cache)
  }
})

test('a folder that another user owns, or that is none, is passed over and left as it is', async (t) => {
  const place = await install(t)
  if (place === undefined) return
  const file = join(place.folder, 'a-file')
  writeFileSync(file, '')
  const ofAnother = join(place.folder, 'of-another')
  mkdirSync(join(ofAnother, 'guestlist'), { recursive: true })
  chmodSync(join(ofAnother, 'guestlist'), 0o777)
  mkdirSync(join(place.folder, 'open'), { mode: 0o755 })
  symlinkSync(join(place.folder, 'open'), join(place.folder, 'addon'))
  const settings = { CACHE_DIRECTORY: place.folder, HOME: file, ...(isRoot && { XDG_CACHE_HOME: ofAnother }) }
  await mint(t, place, settings)
  t.is(statSync(join(place.folder, 'open')).mode & 0o777, 0o755, 'behind a link nothing is changed')
  theAddon(t, join(place.folder, 'data', ownCache))
  t.deepEqual(readdirSync(join(ofAnother, 'guestlist')), [])
})

test('without a place for its cache the program says what to do, in a line', async (t) => {
  const place = await install(t)
  if (place === undefined) return
  const data = join(place.folder, 'data')
  await mint(t, place, { XDG_CACHE_HOME: join(place.folder, 'cache') })
  writeFileSync(join(data, ownCache), '')
  const { code, stdout, stderr } = await startBinary(t, place, ['invites', 'mint'], { HOME: '/dev/null' }).ended
  t.is(code, 1)
  t.is(stdout, '')
  t.regex(stderr, /^guestlist: .*set XDG_CACHE_HOME to a folder that this user can write[^\n]*\n$/)
})

test('in a folder that is gone the program says so in a line', async (t) => {
  const place = await install(t)
  if (place === undefined) return
  const line = 'mkdir gone; cd gone; rmdir ../gone; exec "$0" version'
  const { code, stderr } = await startProcess(t, 'sh', ['-c', `cd ${place.folder}; ${line}`, place.program]).ended
  t.is(code, 1)
  t.is(stderr, 'guestlist: the working folder is gone: change to another\n')
})
