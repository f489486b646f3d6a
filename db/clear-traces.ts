import { sql } from 'kysely'
import { isBusy } from './database-error.ts'
import type { Database } from './schema.ts'

/**
 * Overwrites what was deleted: `secure_delete` does so in the file, once what still lies in the -wal has been brought
 * there and the -wal is emptied. False while another process reads: only one of these does it, no usual checkpoint.
 */
export async function clearTraces(db: Database): Promise<boolean> {
  try {
    const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db)
    return rows[0]?.busy === 0
  } catch (error) {
    if (!isBusy(error)) throw error
    return false
  }
}
