import type { Database, DatabaseTransaction } from '../../db/schema.ts'

/** The row that counts for all networks together that have not signed in to the account. */
export const strangers = '*'

export type AccountKey = Buffer & { readonly brand: 'AccountKey' }

export interface SignInNetwork {
  readonly network: string
  /** Wrong passwords in a row. */
  readonly failures: number
  readonly failedAt: number | undefined
  readonly signedInAt: number | undefined
}

/** What is known of a network, and of the strangers, for one account. */
export async function listSignInNetworks(
  db: Database | DatabaseTransaction,
  accountKey: AccountKey,
  network: string,
): Promise<SignInNetwork[]> {
  const rows = await db
    .selectFrom('sign_in_networks')
    .select(['network', 'failures', 'failed_at', 'signed_in_at'])
    .where('account_key', '=', accountKey)
    .where('network', 'in', [network, strangers])
    .execute()
  return rows.map((row) => ({
    network: row.network,
    failures: row.failures,
    failedAt: row.failed_at ?? undefined,
    signedInAt: row.signed_in_at ?? undefined,
  }))
}

/** The networks of sign-ins at or after a time, the newest `limit` of them, oldest first. */
export async function listSignInsSince(
  db: Database,
  since: number,
  limit: number,
): Promise<{ network: string; signedInAt: number }[]> {
  const rows = await db
    .selectFrom('sign_in_networks')
    .select(['network', 'signed_in_at'])
    .where('signed_in_at', 'is not', null)
    .where('signed_in_at', '>=', since)
    .orderBy('signed_in_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ network: row.network, signedInAt: row.signed_in_at ?? 0 })).reverse()
}

/** One more failure for each of the networks. */
export async function insertFailures(
  trx: DatabaseTransaction,
  failure: { accountKey: AccountKey; networks: readonly string[]; hasAccount: boolean; failedAt: number },
): Promise<void> {
  await trx
    .insertInto('sign_in_networks')
    .values(
      failure.networks.map((network) => ({
        account_key: failure.accountKey,
        network,
        has_account: failure.hasAccount ? 1 : 0,
        failures: 1,
        failed_at: failure.failedAt,
        signed_in_at: null,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['account_key', 'network']).doUpdateSet((column) => ({
        has_account: column.ref('excluded.has_account'),
        failures: column('sign_in_networks.failures', '+', 1),
        failed_at: column.ref('excluded.failed_at'),
      })),
    )
    .execute()
}

/** Keeps the newest rows of addresses that have no account: guessing at random must not fill the disk. */
export async function deleteOldFailuresWithoutAccount(trx: DatabaseTransaction, kept: number): Promise<void> {
  await trx
    .deleteFrom('sign_in_networks')
    .where('has_account', '=', 0)
    .where('failed_at', '<=', (query) =>
      query
        .selectFrom('sign_in_networks')
        .select('failed_at')
        .where('has_account', '=', 0)
        .orderBy('failed_at', 'desc')
        .limit(1)
        .offset(kept),
    )
    .execute()
}

export async function insertSignIn(
  trx: DatabaseTransaction,
  signIn: { accountKey: AccountKey; network: string; signedInAt: number },
): Promise<void> {
  await trx
    .insertInto('sign_in_networks')
    .values({
      account_key: signIn.accountKey,
      network: signIn.network,
      has_account: 1,
      failures: 0,
      failed_at: null,
      signed_in_at: signIn.signedInAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['account_key', 'network']).doUpdateSet({
        has_account: 1,
        failures: 0,
        failed_at: null,
        signed_in_at: signIn.signedInAt,
      }),
    )
    .execute()
}

export async function deleteSignInNetwork(
  trx: DatabaseTransaction,
  accountKey: AccountKey,
  network: string,
): Promise<void> {
  await trx
    .deleteFrom('sign_in_networks')
    .where('account_key', '=', accountKey)
    .where('network', '=', network)
    .execute()
}

export async function deleteSignInNetworks(trx: DatabaseTransaction, accountKey: AccountKey): Promise<void> {
  await trx.deleteFrom('sign_in_networks').where('account_key', '=', accountKey).execute()
}

/** What was counted at the new key, when it was nobody's, makes way. */
export async function moveSignInNetworks(trx: DatabaseTransaction, from: AccountKey, to: AccountKey): Promise<void> {
  await deleteSignInNetworks(trx, to)
  await trx
    .updateTable('sign_in_networks')
    .set({ account_key: to, has_account: 1 })
    .where('account_key', '=', from)
    .execute()
}

export async function deleteNetworksUnusedSince(
  trx: DatabaseTransaction,
  accountKey: AccountKey,
  since: number,
): Promise<void> {
  await trx
    .deleteFrom('sign_in_networks')
    .where('account_key', '=', accountKey)
    .where((where) =>
      where.or([
        where('signed_in_at', '<=', since),
        where.and([where('signed_in_at', 'is', null), where('failed_at', '<=', since)]),
      ]),
    )
    .execute()
}

/** Forgets every wrong password of the account; the networks that it signed in from stay known. */
export async function deleteFailures(trx: DatabaseTransaction, accountKey: AccountKey): Promise<void> {
  await deleteSignInNetwork(trx, accountKey, strangers)
  await trx
    .updateTable('sign_in_networks')
    .set({ failures: 0, failed_at: null })
    .where('account_key', '=', accountKey)
    .execute()
}
