import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { type Batch, type Cleared, cutBatch, rowsLookedAt } from '../housekeeping/batch.ts'

export interface ResetCode {
  readonly codeHash: Buffer
  readonly userId: string
  readonly createdAt: number
  readonly expiresAt: number
}

/** Whose password a code may reset; undefined when it is unknown, used or expired. */
export async function findResetCodeOwner(db: Database, codeHash: Buffer, now: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('password_reset_codes')
    .select('user_id')
    .where('code_hash', '=', codeHash)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row?.user_id
}

/** How many codes of a person are good, and when the newest was made: long ago where there is none. */
export async function findResetCodes(
  trx: DatabaseTransaction,
  userId: string,
  now: number,
): Promise<{ live: number; newestAt: number }> {
  const { live, newest_at } = await trx
    .selectFrom('password_reset_codes')
    .select(({ fn }) => [fn.countAll<number>().as('live'), fn.max<number | null>('created_at').as('newest_at')])
    .where('user_id', '=', userId)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow()
  return { live, newestAt: newest_at ?? Number.NEGATIVE_INFINITY }
}

export async function insertResetCode(trx: DatabaseTransaction, code: ResetCode): Promise<void> {
  await trx
    .insertInto('password_reset_codes')
    .values({
      code_hash: code.codeHash,
      user_id: code.userId,
      created_at: code.createdAt,
      expires_at: code.expiresAt,
    })
    .execute()
}

/** Takes the code; false when it was taken before. */
export async function consumeResetCode(trx: DatabaseTransaction, codeHash: Buffer, now: number): Promise<boolean> {
  const result = await trx
    .deleteFrom('password_reset_codes')
    .where('code_hash', '=', codeHash)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow()
  return result.numDeletedRows === 1n
}

export async function deleteResetCodes(trx: DatabaseTransaction, userId: string): Promise<void> {
  await trx.deleteFrom('password_reset_codes').where('user_id', '=', userId).execute()
}

export async function deleteExpiredResetCodesOf(trx: DatabaseTransaction, userId: string, now: number): Promise<void> {
  await trx.deleteFrom('password_reset_codes').where('user_id', '=', userId).where('expires_at', '<=', now).execute()
}

/** Deletes the codes of everybody; gives how many. */
export async function deleteAllResetCodes(trx: DatabaseTransaction): Promise<number> {
  const result = await trx.deleteFrom('password_reset_codes').executeTakeFirstOrThrow()
  return Number(result.numDeletedRows)
}

export async function deleteExpiredResetCodes(
  trx: DatabaseTransaction,
  { after = new Uint8Array(), limit, now }: Batch<Uint8Array>,
): Promise<Cleared<Uint8Array>> {
  const rows = await trx
    .selectFrom('password_reset_codes')
    .select(({ eb }) => ['code_hash', eb('expires_at', '<=', now).as('is_passed')])
    .where('code_hash', '>', after)
    .orderBy('code_hash')
    .limit(rowsLookedAt)
    .execute()
  const batch = cutBatch(rows, limit)
  if (batch === undefined) return { deleted: 0, next: undefined }
  const { numDeletedRows } = await trx
    .deleteFrom('password_reset_codes')
    .where('code_hash', '>', after)
    .where('code_hash', '<=', batch.last.code_hash)
    .where('expires_at', '<=', now)
    .executeTakeFirstOrThrow()
  return { deleted: Number(numDeletedRows), next: batch.isEnd ? undefined : batch.last.code_hash }
}
