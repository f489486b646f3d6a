import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database as SqliteHandle } from 'better-sqlite3'
import { Kysely } from 'kysely'
import { errorCode, isBusy } from './database-error.ts'
import { identityOf } from './file-identity.ts'
import { makeFolder } from './make-folder.ts'
import { migrate, refuseEmpty, refuseUnusable } from './migrate.ts'
import { findNetworkFileSystem } from './network-file-system.ts'
import { openSqlite } from './open-sqlite.ts'
import { refuseUnfitFile } from './refuse-unfit-file.ts'
import type { Database, Schema } from './schema.ts'
import { GuestlistSqliteDialect, type WriteListener } from './sqlite-dialect.ts'
import { StartupError } from './startup-error.ts'
import { upgradeDataFile } from './upgrade-data-file.ts'
import { WatchedFile } from './watched-file.ts'

export interface OpenOptions {
  readonly allowNetworkFileSystem?: boolean
  /** How to read the type of a folder's file system; tests stand a network share in. */
  readonly readFileSystemType?: (folder: string) => number
  readonly onWrite?: WriteListener
  /** Hears of the file that is watched, once it is open. */
  readonly onWatched?: (watched: WatchedFile) => void
  /** False for whom a file without anything in it is the wrong one. */
  readonly mayCreate?: boolean
}

/** Opens the data file, makes it when it is missing, and brings its schema up to date. */
export function openDatabase(file: string, options: OpenOptions = {}): Database {
  prepareFile(file, options)
  const identity = identityOf(file)
  upgradeAlone(file)
  const handle = openSqlite(file)
  try {
    // First of all, or the switch to WAL fails at once where another process opens the same new file.
    handle.pragma('busy_timeout = 5000')
    // Then this: a file that is not ours to use stays as it is.
    refuseUnusable(handle)
    if (options.mayCreate === false) refuseEmpty(handle)
    refuseReplaced(file, identity)
    chmodSync(file, 0o600)
    applyPragmas(handle)
    refuseReplaced(file, identity)
    migrate(handle)
    // From here on the driver waits for other processes itself, so that the event loop never stands still.
    handle.pragma('busy_timeout = 0')
    const watched = new WatchedFile(handle, file)
    options.onWatched?.(watched)
    return new Kysely<Schema>({ dialect: new GuestlistSqliteDialect(handle, options.onWrite, watched) })
  } catch (error) {
    handle.close()
    throw asStartupError(error, file)
  }
}

function upgradeAlone(file: string): void {
  try {
    upgradeDataFile(file)
  } catch (error) {
    throw asStartupError(error, file)
  }
}

function prepareFile(file: string, options: OpenOptions): void {
  const folder = dirname(file)
  try {
    refuseUnfitFile(file)
    if (options.mayCreate === false) refuseMissing(file)
    makeFolder(folder)
    if (!options.allowNetworkFileSystem) refuseNetworkFileSystem(folder, options)
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    throw asStartupError(error, file)
  }
}

// Whoever waited while a restore held the lock has the old file open, and would write beside the new one.
function refuseReplaced(file: string, identity: string): void {
  if (identityOf(file) === identity) return
  throw new StartupError(`${file} was replaced just now, by a restore: start again`)
}

export function refuseMissing(file: string): void {
  if (existsSync(file)) return
  throw new StartupError(`${file} does not exist: is DATABASE_URL the one that the server runs with?`)
}

function refuseNetworkFileSystem(folder: string, { readFileSystemType }: OpenOptions): void {
  const network = findNetworkFileSystem(folder, readFileSystemType)
  if (network === undefined) return
  throw new StartupError(
    `${folder} lies on a network file system (${network}), where SQLite can lose data: ` +
      'choose a local folder in DATABASE_URL, or set ALLOW_NETWORK_FILE_SYSTEM=on at your own risk',
  )
}

function applyPragmas(handle: SqliteHandle): void {
  switchToWal(handle)
  // better-sqlite3 is compiled with NORMAL for WAL: an answered request could then be lost with the power.
  handle.pragma('synchronous = FULL')
  handle.pragma('foreign_keys = ON')
  handle.pragma('trusted_schema = OFF')
  handle.pragma('secure_delete = ON')
  // What is on the way to the file, like the hashes of an import, goes to no other place.
  handle.pragma('temp_store = MEMORY')
}

// The switch does not wait for busy_timeout when two connections upgrade their locks at once: it is tried again.
function switchToWal(handle: SqliteHandle): void {
  const giveUpAt = Date.now() + 5000
  for (;;) {
    try {
      handle.pragma('journal_mode = WAL')
      return
    } catch (error) {
      if (!isBusy(error) || Date.now() > giveUpAt) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

export function asStartupError(error: unknown, file: string): Error {
  if (error instanceof StartupError) return error
  const code = errorCode(error)
  if (code === 'SQLITE_NOTADB') return new StartupError(`${file} is not a SQLite file: point DATABASE_URL at another`)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code.startsWith('SQLITE_READONLY')) {
    return new StartupError(`${file} cannot be written (${code}): make its folder writable, or change DATABASE_URL`)
  }
  if (code === 'EISDIR' || code === 'ENOTDIR' || code === 'EEXIST') {
    return new StartupError(`${file} is not a place for a file (${code}): DATABASE_URL must name a file in a folder`)
  }
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') return new StartupError(`the disk of ${file} is full: make room`)
  if (isBusy(error)) {
    const message = `${file} is locked by another process: try again, or stop that one first`
    return new StartupError(message, { isTemporary: true })
  }
  if (code.startsWith('SQLITE_') || code !== '') return new StartupError(`${file} cannot be opened (${code})`)
  return error as Error
}
