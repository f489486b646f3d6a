import { existsSync } from 'node:fs'
import type { Database as SqliteHandle } from 'better-sqlite3'
import { Kysely } from 'kysely'
import { refuseEmpty, refuseUnusable } from './migrate.ts'
import { asStartupError, refuseMissing } from './open-database.ts'
import { openSqlite } from './open-sqlite.ts'
import { refuseUnfitFile } from './refuse-unfit-file.ts'
import type { Database, Schema } from './schema.ts'
import { GuestlistSqliteDialect } from './sqlite-dialect.ts'

/** Opens a data file to read it, whichever schema it has; nothing is made, migrated or written, also while it is in use. */
export function openReadOnly(file: string): Database {
  refuseUnfitFile(file)
  refuseMissing(file)
  let handle: SqliteHandle | undefined
  try {
    handle = openHandle(file)
    handle.pragma('busy_timeout = 5000')
    handle.pragma('query_only = ON')
    handle.pragma('trusted_schema = OFF')
    refuseUnusable(handle)
    refuseEmpty(handle)
    handle.pragma('busy_timeout = 0')
    return new Kysely<Schema>({ dialect: new GuestlistSqliteDialect(handle) })
  } catch (error) {
    handle?.close()
    throw asStartupError(error, file)
  }
}

/**
 * A read-only handle that is alone on a file in WAL mode makes its -wal and -shm, and leaves them behind. One that may
 * write takes them away when it closes; there is nothing to bring into the file then, and `query_only` does the rest.
 */
function openHandle(file: string): SqliteHandle {
  const isInUse = ['-wal', '-journal'].some((suffix) => existsSync(file + suffix))
  return openSqlite(file, { fileMustExist: true, readonly: isInUse })
}
