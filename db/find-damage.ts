import { sql } from 'kysely'
import { errorCode } from './database-error.ts'
import type { Database } from './schema.ts'

/** Enough to see that something is wrong: all of it could be millions of lines. */
const mostProblems = 5

/** What SQLite finds wrong with the pages, indexes and constraints of the file; it reads every page. */
export async function findDamage(db: Database): Promise<string[]> {
  try {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(${sql.lit(mostProblems)})`.execute(
      db,
    )
    return rows.map((row) => row.integrity_check).filter((problem) => problem !== 'ok')
  } catch (error) {
    // So bad that the check itself cannot go on.
    if (!isDamage(error)) throw error
    return [errorCode(error)]
  }
}

/** Rows that name a row of another table that is not there. */
export async function findBrokenReferences(db: Database): Promise<{ table: string; parent: string; rows: number }[]> {
  const { rows } = await sql<{ child: string; parent: string; broken: number }>`
    select "table" as child, parent, count(*) as broken from pragma_foreign_key_check group by 1, 2`.execute(db)
  return rows.map(({ child, parent, broken }) => ({ table: child, parent, rows: broken }))
}

const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(errorCode(error))
