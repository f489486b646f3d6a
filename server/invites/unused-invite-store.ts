import type { ExpressionBuilder } from 'kysely'
import type { DatabaseTransaction, Schema } from '../../db/schema.ts'
import { type Batch, type Cleared, cutBatch, rowsLookedAt } from '../housekeeping/batch.ts'

/** Deletes invites that expired or were revoked before a time and that nobody used: the others tell who joined by them. */
export async function deleteUnusedInvites(
  trx: DatabaseTransaction,
  { after = '', limit }: Batch<string>,
  before: number,
): Promise<Cleared<string>> {
  const isPassed = ({ and, or, not, eb, exists, selectFrom }: ExpressionBuilder<Schema, 'invites'>) =>
    and([
      eb('uses', '=', 0),
      or([eb('expires_at', '<=', before), eb('revoked_at', '<=', before)]),
      not(exists(selectFrom('invite_uses').select('user_id').whereRef('invite_id', '=', 'invites.id'))),
    ])
  const rows = await trx
    .selectFrom('invites')
    .select((invites) => ['id', isPassed(invites).as('is_passed')])
    .where('id', '>', after)
    .orderBy('id')
    .limit(rowsLookedAt)
    .execute()
  const batch = cutBatch(rows, limit)
  if (batch === undefined) return { deleted: 0, next: undefined }
  const { numDeletedRows } = await trx
    .deleteFrom('invites')
    .where('id', '>', after)
    .where('id', '<=', batch.last.id)
    .where(isPassed)
    .executeTakeFirstOrThrow()
  return { deleted: Number(numDeletedRows), next: batch.isEnd ? undefined : batch.last.id }
}
