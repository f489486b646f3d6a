import type { Database as SqliteHandle } from 'better-sqlite3'
import { Kysely } from 'kysely'
import { countRows, type RowCounts } from './count-rows.ts'
import { errorCode } from './database-error.ts'
import { findBrokenReferences, findDamage } from './find-damage.ts'
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
export async function inspectFile(file: string): Promise<FileInspection> {
  const handle = openSqlite(file, { readonly: true, fileMustExist: true })
  try {
    const isOurs = readPragma(handle, 'application_id') === applicationId
    const schemaVersion = Number(readPragma(handle, 'user_version'))
    const damage = await describeDamage(toDatabase(handle))
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
  return toDatabase(openSqlite(file, { readonly: true, fileMustExist: true }))
}

const toDatabase = (handle: SqliteHandle): Database =>
  new Kysely<Schema>({ dialect: new GuestlistSqliteDialect(handle) })

/** One line of it is enough to refuse a file. */
async function describeDamage(db: Database): Promise<string | undefined> {
  const [damage] = await findDamage(db)
  if (damage !== undefined) return damage.split('\n').at(-1)
  const [orphans] = await findBrokenReferences(db)
  return orphans && `a row of ${orphans.table} belongs to one of ${orphans.parent} that is missing`
}

const readPragma = (handle: SqliteHandle, name: string): unknown => handle.pragma(name, { simple: true })
