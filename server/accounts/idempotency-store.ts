import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { day } from '../durations.ts'
import type { Batch, Cleared } from '../housekeeping/batch.ts'

const rememberedMs = day

/** A request to register, known by its key; its fingerprint tells whether another with the key asks for the same. */
export interface RememberedRequest {
  readonly key: string
  readonly fingerprint: Uint8Array
}

export interface RememberedRegistration extends RememberedRequest {
  readonly userId: string
}

export async function findRegistration(
  db: Database,
  key: string,
  now: number,
): Promise<RememberedRegistration | undefined> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['user_id', 'fingerprint'])
    .where('idempotency_key', '=', key)
    .where('created_at', '>', now - rememberedMs)
    .executeTakeFirst()
  return row && { key, fingerprint: row.fingerprint, userId: row.user_id }
}

/** Remembers a success for 24 hours; false when the key is taken. */
export async function insertRegistration(
  trx: DatabaseTransaction,
  registration: RememberedRegistration,
  now: number,
): Promise<boolean> {
  const forgotten = now - rememberedMs
  await trx.deleteFrom('idempotency_keys').where('created_at', '<=', forgotten).execute()
  const result = await trx
    .insertInto('idempotency_keys')
    .values({
      idempotency_key: registration.key,
      fingerprint: registration.fingerprint,
      user_id: registration.userId,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function deleteForgottenRegistrations(
  trx: DatabaseTransaction,
  { limit, now }: Batch<true>,
): Promise<Cleared<true>> {
  const oldest = trx
    .selectFrom('idempotency_keys')
    .select('idempotency_key')
    .where('created_at', '<=', now - rememberedMs)
    .orderBy('created_at')
    .limit(limit)
  const { numDeletedRows } = await trx
    .deleteFrom('idempotency_keys')
    .where('idempotency_key', 'in', oldest)
    .executeTakeFirstOrThrow()
  const deleted = Number(numDeletedRows)
  return { deleted, next: deleted === limit || undefined }
}
