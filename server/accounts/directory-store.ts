import { sql } from 'kysely'
import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { type Account, accountColumns, toAccount } from './user-store.ts'

/** An account as the operator sees it. Times are milliseconds since the epoch. */
export interface DirectoryEntry {
  readonly account: Account
  readonly createdAt: number
  readonly disabledAt: number | undefined
}

export interface DirectoryQuery {
  readonly limit: number
  /** A part of the username, the display name or the email address; letter case makes no difference in ASCII. */
  readonly search?: string | undefined
  readonly isDisabled?: boolean | undefined
}

export async function findDirectoryEntry(
  db: Database | DatabaseTransaction,
  id: string,
): Promise<DirectoryEntry | undefined> {
  const row = await db
    .selectFrom('users')
    .select([...accountColumns, 'created_at'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row && { account: toAccount(row), createdAt: row.created_at, disabledAt: row.disabled_at ?? undefined }
}

/** Newest first; how many there are in all stands beside. */
export async function listAccounts(
  db: Database,
  { limit, search, isDisabled }: DirectoryQuery,
): Promise<{ entries: DirectoryEntry[]; total: number }> {
  let matching = db.selectFrom('users')
  if (isDisabled) matching = matching.where('disabled_at', 'is not', null)
  if (search !== undefined) {
    const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
    const names = ['username', 'display_name', 'email_key'] as const
    matching = matching.where(({ or, eb }) =>
      or(names.map((name) => eb(name, 'like', sql<string>`${pattern} escape '\\'`))),
    )
  }
  const rows = await matching
    .select([...accountColumns, 'created_at'])
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  const { total } = await matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return {
    entries: rows.map((row) => ({
      account: toAccount(row),
      createdAt: row.created_at,
      disabledAt: row.disabled_at ?? undefined,
    })),
    total,
  }
}
