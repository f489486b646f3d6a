import { sql } from 'kysely'
import type { Database } from './schema.ts'

/** Changes with every commit of another connection to the data file, and with none of our own. */
export async function readDataVersion(db: Database): Promise<number> {
  const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(db)
  return rows[0]?.data_version ?? 0
}
