import type { DatabaseTransaction } from '../../db/schema.ts'
import { toEmailKey } from './user-store.ts'

/** Since when the account had the address that it has no more; undefined when somebody else has the new one: nothing is written. */
export async function updateEmail(
  trx: DatabaseTransaction,
  { id, email, changedAt }: { id: string; email: string; changedAt: number },
): Promise<{ heldSince: number } | undefined> {
  const key = toEmailKey(email)
  const before = await trx
    .selectFrom('users')
    .select(({ fn }) => fn.coalesce('email_changed_at', 'created_at').as('held_since'))
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const result = await trx
    .updateTable('users')
    .set({ email, email_key: key, email_changed_at: changedAt })
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
  return result.numUpdatedRows === 1n ? { heldSince: before.held_since } : undefined
}
