import type { Database as SqliteHandle } from 'better-sqlite3'
import { Kysely } from 'kysely'
import { countRows, type RowCounts } from './count-rows.ts'
import { errorCode } from './database-error.ts'
import { applicationId } from './migrate.ts'
import { openSqlite } from './open-sqlite.ts'
import type { Database, Schema } from './schema.ts'
import { GuestlistSqliteDialect } from './sqlite-dialect.ts'

export interface FileInspection {
  readonly isOurs: boolean
  readonly schemaVersion: number
  /** What is broken in it, as SQLite says; undefined when nothing is. */
  readonly damage: string | undefined
  readonly rows: RowCounts
}

/** Reads a whole file that nobody else uses, and changes nothing in it. */
export function inspectFile(file: string): FileInspection {
  const handle = openSqlite(file, { readonly: true, fileMustExist: true })
  try {
    const isOurs = readPragma(handle, 'application_id') === applicationId
    const schemaVersion = Number(readPragma(handle, 'user_version'))
    const damage = findDamage(handle)
    return { isOurs, schemaVersion, damage, rows: damage === undefined ? countRows(handle) : {} }
  } catch (error) {
    if (!/^SQLITE_(NOTADB|CORRUPT|IOERR|CANTOPEN)/.test(errorCode(error))) throw error
    const isOurs = errorCode(error) !== 'SQLITE_NOTADB'
    return { isOurs, schemaVersion: 0, damage: (error as Error).message, rows: {} }
  } finally {
    handle.close()
  }
}

/** Opens such a file without bringing its schema up to date. */
export function openForReading(file: string): Database {
  const handle = openSqlite(file, { readonly: true, fileMustExist: true })
  return new Kysely<Schema>({ dialect: new GuestlistSqliteDialect(handle) })
}

function findDamage(handle: SqliteHandle): string | undefined {
  const integrity = readPragma(handle, 'integrity_check(1)')
  if (integrity !== 'ok') return String(integrity).split('\n').at(-1)
  const [orphan] = handle.pragma('foreign_key_check') as { table: string; parent: string }[]
  return orphan && `a row of ${orphan.table} belongs to one of ${orphan.parent} that is missing`
}

const readPragma = (handle: SqliteHandle, name: string): unknown => handle.pragma(name, { simple: true })
