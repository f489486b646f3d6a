import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { Config } from '../config.ts'
import type { Deps } from '../deps.ts'
import type { SeenForwarding } from '../http/forwarding.ts'

/** The setting under which requests came: under another one they would have been read otherwise. */
const toText = (trustProxy: Config['trustProxy']): string => String(trustProxy ?? '')

/** Adds what has been counted since the last time; what came under another setting goes. */
export async function saveForwarding({
  db,
  now,
  config,
  forwardingCount,
}: Pick<Deps, 'db' | 'now' | 'config' | 'forwardingCount'>): Promise<void> {
  const seen = forwardingCount.take()
  if (seen.length === 0) return
  const trustProxy = toText(config.trustProxy)
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('seen_forwarding').where('trust_proxy', '!=', trustProxy).execute()
    for (const each of seen) await addSeen(trx, trustProxy, each, now())
  })
}

async function addSeen(
  trx: DatabaseTransaction,
  trustProxy: string,
  { addresses, isClientPrivate, requests }: SeenForwarding,
  now: number,
): Promise<void> {
  await trx
    .insertInto('seen_forwarding')
    .values({
      trust_proxy: trustProxy,
      addresses,
      is_client_private: isClientPrivate ? 1 : 0,
      requests,
      seen_at: now,
    })
    .onConflict((conflict) =>
      conflict.columns(['trust_proxy', 'addresses', 'is_client_private']).doUpdateSet({
        requests: ({ eb }) => eb('seen_forwarding.requests', '+', requests),
        seen_at: now,
      }),
    )
    .execute()
}

/** What has been seen under this setting, of whatever was seen lately. */
export async function listSeenForwarding(
  db: Database,
  trustProxy: Config['trustProxy'],
  since: number,
): Promise<SeenForwarding[]> {
  const rows = await db
    .selectFrom('seen_forwarding')
    .select(['addresses', 'is_client_private', 'requests'])
    .where('trust_proxy', '=', toText(trustProxy))
    .where('seen_at', '>=', since)
    .execute()
  return rows.map((row) => ({
    addresses: row.addresses,
    isClientPrivate: row.is_client_private === 1,
    requests: row.requests,
  }))
}
