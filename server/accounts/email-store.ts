import type { DatabaseTransaction } from '../../db/schema.ts'
import { toEmailKey } from './user-store.ts'

/** False when somebody else has the address; then nothing is written. */
export async function updateEmail(trx: DatabaseTransaction, id: string, email: string): Promise<boolean> {
  const key = toEmailKey(email)
  const result = await trx
    .updateTable('users')
    .set({ email, email_key: key })
    .where('id', '=', id)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('users as others')
            .select('others.id')
            .where('others.email_key', '=', key)
            .where('others.id', '!=', id),
        ),
      ),
    )
    .executeTakeFirstOrThrow()
  return result.numUpdatedRows === 1n
}
