import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { LetterKind } from './letter.ts'

/** How many notices and how many requests wait, and since when the oldest notice does. */
export async function countWaiting(
  db: Database,
): Promise<{ notices: number; requests: number; oldestNotice: number | null }> {
  return await db
    .selectFrom('outbox')
    .select(({ fn }) => [
      fn.countAll<number>().filterWhere('network', 'is', null).as('notices'),
      fn.countAll<number>().filterWhere('network', 'is not', null).as('requests'),
      fn.min<number | null>('created_at').filterWhere('network', 'is', null).as('oldestNotice'),
    ])
    .executeTakeFirstOrThrow()
}

/** Deletes requests that nobody waits for any more; gives how many. */
export async function deleteOldRequests(db: Database, { since, now }: { since: number; now: number }): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('outbox')
    .where('network', 'is not', null)
    .where('created_at', '<=', since)
    .where('claimed_until', '<=', now)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** Deletes what has waited since then or longer, a batch at a time; gives what it was. */
export async function consumeForgotten(
  trx: DatabaseTransaction,
  since: number,
): Promise<{ kind: LetterKind; userId: string | null }[]> {
  const oldest = trx.selectFrom('outbox').select('id').where('created_at', '<=', since).orderBy('created_at').limit(200)
  const rows = await trx.deleteFrom('outbox').where('id', 'in', oldest).returning(['kind', 'user_id']).execute()
  return rows.map(({ kind, user_id: userId }) => ({ kind: kind as LetterKind, userId }))
}
