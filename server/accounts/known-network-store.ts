import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { Batch, Cleared } from '../housekeeping/batch.ts'
import { cutBatch, rowsLookedAt } from '../housekeeping/batch.ts'
import type { FailureCount } from './failure-count.ts'
import type { AccountKey } from './sign-in-failure-store.ts'

/** A network that somebody has signed in from to one account. */
export interface KnownNetwork {
  readonly signedInAt: number
  /** Its wrong passwords since then. */
  readonly failures: FailureCount | undefined
}

interface NetworkOfAccount {
  readonly accountKey: AccountKey
  readonly network: string
}

export async function findKnownNetwork(
  db: Database | DatabaseTransaction,
  { accountKey, network }: NetworkOfAccount,
): Promise<KnownNetwork | undefined> {
  const row = await db
    .selectFrom('known_networks')
    .select(['signed_in_at', 'failed_at', 'forgotten_at'])
    .where('account_key', '=', accountKey)
    .where('network', '=', network)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { signed_in_at: signedInAt, failed_at: failedAt, forgotten_at: forgottenAt } = row
  return { signedInAt, failures: failedAt === null || forgottenAt === null ? undefined : { failedAt, forgottenAt } }
}

/** The networks of sign-ins at or after a time, the newest `limit` of them, oldest first. */
export async function listSignInsSince(
  db: Database,
  since: number,
  limit: number,
): Promise<{ network: string; signedInAt: number }[]> {
  const rows = await db
    .selectFrom('known_networks')
    .select(['network', 'signed_in_at'])
    .where('signed_in_at', '>=', since)
    .orderBy('signed_in_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ network: row.network, signedInAt: row.signed_in_at })).reverse()
}

/** Remembers that somebody has signed in from there, and forgets the wrong passwords that came from there. */
export async function insertSignIn(
  trx: DatabaseTransaction,
  { accountKey, network, signedInAt }: NetworkOfAccount & { readonly signedInAt: number },
): Promise<void> {
  const row = { signed_in_at: signedInAt, failed_at: null, forgotten_at: null }
  await trx
    .insertInto('known_networks')
    .values({ account_key: accountKey, network, ...row })
    .onConflict((conflict) => conflict.columns(['account_key', 'network']).doUpdateSet(row))
    .execute()
}

export async function updateKnownFailures(
  trx: DatabaseTransaction,
  { accountKey, network }: NetworkOfAccount,
  { failedAt, forgottenAt }: FailureCount,
): Promise<void> {
  await trx
    .updateTable('known_networks')
    .set({ failed_at: failedAt, forgotten_at: forgottenAt })
    .where('account_key', '=', accountKey)
    .where('network', '=', network)
    .execute()
}

/** Forgets every wrong password that came from a known network; they stay known. */
export async function clearKnownFailures(trx: DatabaseTransaction, accountKey: AccountKey): Promise<void> {
  await trx
    .updateTable('known_networks')
    .set({ failed_at: null, forgotten_at: null })
    .where('account_key', '=', accountKey)
    .execute()
}

export async function deleteKnownNetworks(trx: DatabaseTransaction, accountKey: AccountKey): Promise<void> {
  await trx.deleteFrom('known_networks').where('account_key', '=', accountKey).execute()
}

export async function deleteNetworksUnusedSince(
  trx: DatabaseTransaction,
  accountKey: AccountKey,
  since: number,
): Promise<void> {
  await trx
    .deleteFrom('known_networks')
    .where('account_key', '=', accountKey)
    .where('signed_in_at', '<=', since)
    .execute()
}

export async function moveKnownNetworks(trx: DatabaseTransaction, from: AccountKey, to: AccountKey): Promise<void> {
  await deleteKnownNetworks(trx, to)
  await trx.updateTable('known_networks').set({ account_key: to }).where('account_key', '=', from).execute()
}

export interface NetworkKey {
  readonly account_key: Uint8Array
  readonly network: string
}

/** Deletes the networks from which nobody has signed in since a time. */
export async function deleteUnusedKnownNetworks(
  trx: DatabaseTransaction,
  { after = { account_key: new Uint8Array(), network: '' }, limit }: Batch<NetworkKey>,
  since: number,
): Promise<Cleared<NetworkKey>> {
  const rows = await trx
    .selectFrom('known_networks')
    .select(({ eb }) => ['account_key', 'network', eb('signed_in_at', '<=', since).as('is_passed')])
    .where(({ eb, refTuple, tuple }) =>
      eb(refTuple('account_key', 'network'), '>', tuple(after.account_key, after.network)),
    )
    .orderBy('account_key')
    .orderBy('network')
    .limit(rowsLookedAt)
    .execute()
  const batch = cutBatch(rows, limit)
  if (batch === undefined) return { deleted: 0, next: undefined }
  const { last } = batch
  const { numDeletedRows } = await trx
    .deleteFrom('known_networks')
    .where(({ eb, refTuple, tuple }) =>
      eb(refTuple('account_key', 'network'), '>', tuple(after.account_key, after.network)),
    )
    .where(({ eb, refTuple, tuple }) =>
      eb(refTuple('account_key', 'network'), '<=', tuple(last.account_key, last.network)),
    )
    .where('signed_in_at', '<=', since)
    .executeTakeFirstOrThrow()
  return { deleted: Number(numDeletedRows), next: batch.isEnd ? undefined : last }
}
