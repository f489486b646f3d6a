import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { Batch, Cleared } from '../housekeeping/batch.ts'
import type { FailureCount } from './failure-count.ts'

/** A keyed hash of an email address: of one with an account, and of one without. */
export type AccountKey = Buffer & { readonly brand: 'AccountKey' }

/** The row that counts for all networks together that have not signed in to the account. */
export const strangers = '*'

/** Wrong passwords at one address, from one network and from all strangers together. */
export interface StrangerFailures {
  readonly own: FailureCount
  readonly together: FailureCount
}

/**
 * What is counted for a network. Of what had to make room nobody knows how much it was; no more than the floor, and as much is
 * assumed, so that nobody frees a count by filling the table (the estimate of Space-Saving; Metwally et al., 2005).
 */
export async function getStrangerFailures(
  db: Database | DatabaseTransaction,
  accountKey: AccountKey,
  network: string,
): Promise<StrangerFailures> {
  const rows = await db
    .selectFrom('sign_in_failures')
    .select(['network', 'failed_at', 'forgotten_at'])
    .where('account_key', '=', accountKey)
    .where('network', 'in', [network, strangers])
    .execute()
  const floor = await db
    .selectFrom('sign_in_failure_floor')
    .select(['failed_at', 'forgotten_at'])
    .executeTakeFirstOrThrow()
  const find = (name: string): FailureCount => {
    const { failed_at: failedAt, forgotten_at: forgottenAt } = rows.find((each) => each.network === name) ?? floor
    return { failedAt, forgottenAt }
  }
  return { own: find(network), together: find(strangers) }
}

export async function upsertFailures(
  trx: DatabaseTransaction,
  accountKey: AccountKey,
  counts: Readonly<Record<string, FailureCount>>,
): Promise<void> {
  await trx
    .insertInto('sign_in_failures')
    .values(
      Object.entries(counts).map(([network, { failedAt, forgottenAt }]) => ({
        account_key: accountKey,
        network,
        failed_at: failedAt,
        forgotten_at: forgottenAt,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['account_key', 'network']).doUpdateSet((column) => ({
        failed_at: column.ref('excluded.failed_at'),
        forgotten_at: column.ref('excluded.forgotten_at'),
      })),
    )
    .execute()
}

/** Where there are more rows than may be kept, those that are forgotten first make room, whoever they are of. */
export async function makeRoom(trx: DatabaseTransaction, most: number): Promise<void> {
  const { rows } = await trx
    .selectFrom('sign_in_failures')
    .select(({ fn }) => fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  if (rows <= most) return
  const { forgotten_at: floor } = await trx
    .selectFrom('sign_in_failures')
    .select('forgotten_at')
    .orderBy('forgotten_at')
    .offset(rows - most - 1)
    .limit(1)
    .executeTakeFirstOrThrow()
  const leaving = trx.selectFrom('sign_in_failures').where('forgotten_at', '<=', floor)
  const { newest } = await leaving.select(({ fn }) => fn.max('failed_at').as('newest')).executeTakeFirstOrThrow()
  await trx.deleteFrom('sign_in_failures').where('forgotten_at', '<=', floor).execute()
  await trx
    .updateTable('sign_in_failure_floor')
    .set({ failed_at: newest, forgotten_at: floor })
    .where('forgotten_at', '<=', floor)
    .execute()
}

/** Forgets every wrong password of strangers at this address. */
export async function deleteFailures(trx: DatabaseTransaction, accountKey: AccountKey): Promise<void> {
  await trx.deleteFrom('sign_in_failures').where('account_key', '=', accountKey).execute()
}

/** A network that has signed in is no stranger any more. */
export async function deleteFailuresOf(
  trx: DatabaseTransaction,
  accountKey: AccountKey,
  network: string,
): Promise<void> {
  await trx
    .deleteFrom('sign_in_failures')
    .where('account_key', '=', accountKey)
    .where('network', '=', network)
    .execute()
}

/** What was counted at one address counts at another too; where both have a count, the higher stays. */
export async function copyFailures(trx: DatabaseTransaction, from: AccountKey, to: AccountKey): Promise<void> {
  await trx
    .insertInto('sign_in_failures')
    .columns(['account_key', 'network', 'failed_at', 'forgotten_at'])
    .expression(
      trx
        .selectFrom('sign_in_failures')
        .select(({ val }) => [val<Uint8Array>(to).as('account_key'), 'network', 'failed_at', 'forgotten_at'])
        .where('account_key', '=', from),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['account_key', 'network'])
        .doUpdateSet((column) => ({
          failed_at: column.ref('excluded.failed_at'),
          forgotten_at: column.ref('excluded.forgotten_at'),
        }))
        .where(({ eb, ref }) => eb('sign_in_failures.forgotten_at', '<', ref('excluded.forgotten_at'))),
    )
    .execute()
}

/** Of which nothing is left to count. */
export async function deleteForgottenFailures(
  trx: DatabaseTransaction,
  { limit, now }: Batch<true>,
): Promise<Cleared<true>> {
  const passed = await trx
    .selectFrom('sign_in_failures')
    .select('forgotten_at')
    .where('forgotten_at', '<=', now)
    .orderBy('forgotten_at')
    .limit(limit)
    .execute()
  const last = passed.at(-1)
  if (last === undefined) return { deleted: 0, next: undefined }
  const { numDeletedRows } = await trx
    .deleteFrom('sign_in_failures')
    .where('forgotten_at', '<=', last.forgotten_at)
    .executeTakeFirstOrThrow()
  return { deleted: Number(numDeletedRows), next: passed.length === limit || undefined }
}
