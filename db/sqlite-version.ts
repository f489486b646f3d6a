import { getAsset, isSea } from 'node:sea'
import { openSqlite } from './open-sqlite.ts'

/** The asset that the build puts into the one-file program for this module. */
export const sqliteVersionAsset = 'sqlite-version'

/** The version of SQLite that better-sqlite3 carries. The one-file program knows it without a place for a cache. */
export function sqliteVersion(): string {
  if (isSea()) return getAsset(sqliteVersionAsset, 'utf8')
  const handle = openSqlite(':memory:')
  try {
    return handle.prepare('SELECT sqlite_version()').pluck().get() as string
  } finally {
    handle.close()
  }
}
