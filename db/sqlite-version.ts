import SqliteDatabase from 'better-sqlite3'

/** The version of SQLite that better-sqlite3 carries. */
export function sqliteVersion(): string {
  const handle = new SqliteDatabase(':memory:')
  try {
    return handle.prepare('SELECT sqlite_version()').pluck().get() as string
  } finally {
    handle.close()
  }
}
