import { sql } from 'kysely'
import type { Database } from './schema.ts'

/** Brings what was written into the file, as far as nobody reads what it would overwrite. Waits for no one. */
export async function checkpoint(db: Database): Promise<void> {
  await sql`pragma wal_checkpoint(passive)`.execute(db)
}
