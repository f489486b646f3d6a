import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import SqliteDatabase, { type Database as SqliteHandle } from 'better-sqlite3'
import { sql } from 'kysely'
import { type OpenOptions, openDatabase } from '../../db/open-database.ts'
import type { Database } from '../../db/schema.ts'
import { StartupError } from '../../db/startup-error.ts'
import { temporaryFolder } from './start-server.ts'

/** The path of a data file that does not exist yet, in a folder that does. */
export const newDataFile = (t: ExecutionContext): string => join(temporaryFolder(t), 'guestlist.db')

/** Opens a data file as the server does, until the test ends. */
export function openUntilEnd(t: ExecutionContext, file: string, options?: OpenOptions): Database {
  const db = openDatabase(file, options)
  t.teardown(() => db.destroy())
  return db
}

/** A data file that was made, and closed again. */
export async function makeDataFile(t: ExecutionContext): Promise<string> {
  const file = newDataFile(t)
  const db = openDatabase(file)
  // A database that was never asked anything does not close its file.
  await sql`select 1`.execute(db)
  await db.destroy()
  return file
}

/** A connection to a file beside the server's, as another process has one, closed when the test ends. */
export function connectBeside(t: ExecutionContext, file: string): SqliteHandle {
  const handle = new SqliteDatabase(file, { timeout: 0 })
  t.teardown(() => handle.close())
  return handle
}

/** What the operator is told when a data file cannot be opened; an error of any other kind is thrown on. */
export function refusalToOpen(file: string, options?: OpenOptions): string {
  try {
    void openDatabase(file, options).destroy()
  } catch (error) {
    if (error instanceof StartupError) return error.message
    throw error
  }
  throw new Error(`${file} was opened`)
}
