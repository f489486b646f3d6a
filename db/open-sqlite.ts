import SqliteDatabase, { type Options, type Database as SqliteHandle } from 'better-sqlite3'
import { loadCarriedAddon } from './carried-addon.ts'

/** Every opening of SQLite goes through here: the one-file program brings the addon along. */
export function openSqlite(file: string, options: Options = {}): SqliteHandle {
  // The package takes an addon as well as its path; its types know the path only.
  const nativeBinding = loadCarriedAddon(file) as string | undefined
  return new SqliteDatabase(file, nativeBinding === undefined ? options : { ...options, nativeBinding })
}
