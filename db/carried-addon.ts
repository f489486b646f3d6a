import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { getAsset, getRawAsset, isSea } from 'node:sea'
import { makeFolder } from './make-folder.ts'
import { StartupError } from './startup-error.ts'

/** The assets that the build puts into the one-file program for this module. */
export const addonAsset = 'better-sqlite3.node'
export const addonHashAsset = 'better-sqlite3.node.sha256'

let loaded: object | undefined

/** better-sqlite3's addon out of the one-file program; undefined in the repository, where its package is at hand. */
export function loadCarriedAddon(dataFile: string): object | undefined {
  if (!isSea()) return undefined
  loaded ??= loadFromFirst(cacheFolders(dataFile))
  return loaded
}

/** An addon can be loaded from a file only: where this program may keep one, the best place first. */
function cacheFolders(dataFile: string): string[] {
  const { CACHE_DIRECTORY, XDG_CACHE_HOME, HOME } = process.env
  return [
    // Of systemd, which may name several, and gives it a mode of its own.
    join(CACHE_DIRECTORY?.split(':')[0] ?? '', 'addon'),
    join(XDG_CACHE_HOME ?? '', 'guestlist'),
    join(HOME ?? '', '.cache', 'guestlist'),
    // Root and the server's user must not take it from one another.
    join(dirname(dataFile), `.cache-${process.geteuid?.()}`),
  ].filter((folder) => isAbsolute(folder))
}

function loadFromFirst(folders: readonly string[]): object {
  const reasons: string[] = []
  for (const folder of folders) {
    try {
      const addon = { exports: {} }
      process.dlopen(addon, writeOut(folder))
      return addon.exports
    } catch (error) {
      reasons.push(`${folder}: ${(error as Error).message}`)
    }
  }
  throw new StartupError(
    'SQLite is loaded from a file in a cache folder, and none could be used; ' +
      `set XDG_CACHE_HOME to a folder that this user can write (${reasons.join('; ')})`,
  )
}

/** The path of the addon in a folder of our own. A file that is not what the program carries is replaced, never loaded. */
function writeOut(folder: string): string {
  makeFolder(folder)
  claim(folder)
  const hash = getAsset(addonHashAsset, 'utf8')
  const path = join(folder, `better-sqlite3-${hash}.node`)
  if (hashOf(path) === hash) return path
  // Under another name first: two programs that start at once never see half a file.
  const unfinished = join(folder, `${randomBytes(8).toString('hex')}.tmp`)
  try {
    writeFileSync(unfinished, Buffer.from(getRawAsset(addonAsset)), { mode: 0o600, flag: 'wx' })
    renameSync(unfinished, path)
  } finally {
    rmSync(unfinished, { force: true })
  }
  if (hashOf(path) !== hash) throw new Error('what was written does not read the same')
  return path
}

/** Nobody else may exchange the file between the look at it and the loading. */
function claim(folder: string): void {
  const status = lstatSync(folder)
  if (!status.isDirectory()) throw new Error('it is no folder')
  const { uid, mode } = status
  if (uid !== process.geteuid?.()) throw new Error('it belongs to another user')
  if ((mode & 0o777) !== 0o700) chmodSync(folder, 0o700)
}

function hashOf(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found?.isFile() || found.uid !== process.geteuid?.()) return undefined
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
