import { sql } from 'kysely'
import { newestVersion } from './migrate.ts'
import type { Database } from './schema.ts'

/** The version of a file's schema, and the one that this program works with; 0 where nothing is in the file yet. */
export async function readSchemaVersion(db: Database): Promise<{ version: number; newest: number }> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db)
  return { version: rows[0]?.user_version ?? 0, newest: newestVersion }
}
