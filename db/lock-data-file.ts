import { rmSync } from 'node:fs'
import type { Database as SqliteHandle } from 'better-sqlite3'
import { errorCode, isBusy } from './database-error.ts'
import { identityOf } from './file-identity.ts'
import { lockAlone } from './lock-alone.ts'
import { applicationId } from './migrate.ts'
import { openSqlite } from './open-sqlite.ts'
import { StartupError } from './startup-error.ts'

export interface DataFileLock {
  /** Brings everything that was written into the one file, so that it stands without the files beside it. */
  fold(): void
  release(): void
}

/**
 * Takes a data file for this process alone; refused while any other has it open. Until the release nothing here may close the file by another way: that would
 * give up the lock (POSIX, fcntl).
 */
export function lockDataFile(file: string): DataFileLock {
  const identity = identityOf(file)
  const handle = openSqlite(file, { timeout: 0, fileMustExist: true })
  try {
    lockAlone(handle)
    refuseForeign(handle, file)
    // Another restore may have been first: then this lock is on the file that it put aside.
    if (identityOf(file) !== identity) throw new StartupError(`${file} was replaced just now, by another restore`)
  } catch (error) {
    handle.close()
    throw explain(error, file)
  }
  return {
    fold: () => {
      try {
        fold(handle, file)
      } catch (error) {
        throw explain(error, file)
      }
    },
    release: () => handle.close(),
  }
}

/** Whether another process has the file open, or it cannot be told. */
export function isOpenElsewhere(file: string): boolean {
  try {
    lockDataFile(file).release()
    return false
  } catch {
    return true
  }
}

function refuseForeign(handle: SqliteHandle, file: string): void {
  if (handle.pragma('application_id', { simple: true }) === applicationId) return
  if (handle.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0) return
  throw new StartupError(`${file} is not a Guestlist data file: DATABASE_URL names the one that is to be replaced`)
}

function fold(handle: SqliteHandle, file: string): void {
  handle.pragma('wal_checkpoint(TRUNCATE)')
  const mode = handle.pragma('journal_mode = DELETE', { simple: true })
  if (mode !== 'delete') throw new Error(`the journal mode is ${mode}`)
  handle.exec('BEGIN EXCLUSIVE')
  // Left by a process that was killed, and emptied by now; nobody can have them open.
  for (const suffix of ['-shm', '-journal']) rmSync(file + suffix, { force: true })
}

function explain(error: unknown, file: string): unknown {
  if (isBusy(error)) return new StartupError(`${file} is open in another process: stop the server first`)
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(errorCode(error))) {
    return new StartupError(
      `${file} is damaged too badly to be locked (${errorCode(error)}): stop the server, ` +
        'move it away, with its -wal and -shm, and restore again',
    )
  }
  return error
}
