import { sql } from 'kysely'
import { isBusy } from './database-error.ts'
import type { Database } from './schema.ts'

/**
 * Overwrites what was deleted: `secure_delete` does so in the file, once what still lies in the -wal has been brought
 * there. Where another process reads just now, the next checkpoint does it.
 */
export async function clearTraces(db: Database): Promise<void> {
  try {
    await sql`pragma wal_checkpoint(truncate)`.execute(db)
  } catch (error) {
    if (!isBusy(error)) throw error
  }
}
