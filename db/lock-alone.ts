import type { Database as SqliteHandle } from 'better-sqlite3'

/**
 * Takes a file for this connection alone, until it is closed. In WAL mode every open connection holds a shared lock on
 * the file, so this is refused as busy exactly while any other one is open.
 */
export function lockAlone(handle: SqliteHandle): void {
  handle.pragma('locking_mode = EXCLUSIVE')
  handle.exec('BEGIN EXCLUSIVE; COMMIT')
}
