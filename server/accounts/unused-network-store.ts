import type { ExpressionBuilder } from 'kysely'
import type { DatabaseTransaction, Schema } from '../../db/schema.ts'
import { type Batch, type Cleared, cutBatch, rowsLookedAt } from '../housekeeping/batch.ts'
import { strangers } from './sign-in-network-store.ts'

export interface NetworkKey {
  readonly account_key: Uint8Array
  readonly network: string
}

/**
 * Deletes the networks from which nobody has signed in, or tried in vain, since a time. The count of all strangers
 * together stays: an account that it has closed must not open by itself.
 */
export async function deleteUnusedSignInNetworks(
  trx: DatabaseTransaction,
  { after = { account_key: new Uint8Array(), network: '' }, limit }: Batch<NetworkKey>,
  since: number,
): Promise<Cleared<NetworkKey>> {
  const isPassed = ({ and, or, eb }: ExpressionBuilder<Schema, 'sign_in_networks'>) =>
    and([
      eb('network', '!=', strangers),
      or([eb('signed_in_at', '<=', since), and([eb('signed_in_at', 'is', null), eb('failed_at', '<=', since)])]),
    ])
  const isBehind =
    (operator: '>' | '<=', key: NetworkKey) =>
    ({ eb, refTuple, tuple }: ExpressionBuilder<Schema, 'sign_in_networks'>) =>
      eb(refTuple('account_key', 'network'), operator, tuple(key.account_key, key.network))
  const rows = await trx
    .selectFrom('sign_in_networks')
    .select((networks) => ['account_key', 'network', isPassed(networks).as('is_passed')])
    .where(isBehind('>', after))
    .orderBy('account_key')
    .orderBy('network')
    .limit(rowsLookedAt)
    .execute()
  const batch = cutBatch(rows, limit)
  if (batch === undefined) return { deleted: 0, next: undefined }
  const { numDeletedRows } = await trx
    .deleteFrom('sign_in_networks')
    .where(isBehind('>', after))
    .where(isBehind('<=', batch.last))
    .where(isPassed)
    .executeTakeFirstOrThrow()
  return { deleted: Number(numDeletedRows), next: batch.isEnd ? undefined : batch.last }
}
