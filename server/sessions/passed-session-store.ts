import type { ExpressionBuilder } from 'kysely'
import type { DatabaseTransaction, Schema } from '../../db/schema.ts'
import { type Batch, type Cleared, cutBatch, rowsLookedAt } from '../housekeeping/batch.ts'

/** Deletes sessions that had ended or expired before a time, in the order of their ids. */
export async function deletePassedSessions(
  trx: DatabaseTransaction,
  { after = '', limit }: Batch<string>,
  before: number,
): Promise<Cleared<string>> {
  const isPassed = ({ or, eb }: ExpressionBuilder<Schema, 'sessions'>) =>
    or([eb('ended_at', '<=', before), eb('expires_at', '<=', before)])
  const rows = await trx
    .selectFrom('sessions')
    .select((sessions) => ['id', isPassed(sessions).as('is_passed')])
    .where('id', '>', after)
    .orderBy('id')
    .limit(rowsLookedAt)
    .execute()
  const batch = cutBatch(rows, limit)
  if (batch === undefined) return { deleted: 0, next: undefined }
  const { numDeletedRows } = await trx
    .deleteFrom('sessions')
    .where('id', '>', after)
    .where('id', '<=', batch.last.id)
    .where(isPassed)
    .executeTakeFirstOrThrow()
  return { deleted: Number(numDeletedRows), next: batch.isEnd ? undefined : batch.last.id }
}
