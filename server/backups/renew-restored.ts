import type { DatabaseTransaction } from '../../db/schema.ts'
import { deleteAllResetCodes } from '../accounts/reset-code-store.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { revokeUsableInvites } from '../invites/invite-store.ts'
import { deleteAllWaiting } from '../mail/outbox-store.ts'
import { deleteAllFlows } from '../oauth/oauth-flow-store.ts'
import { endAllSessions } from '../sessions/session-store.ts'
import { replaceSigningKeys } from '../sessions/signing-keys.ts'

export interface Renewal {
  readonly sessionsEnded: number
  readonly invitesRevoked: number
  readonly resetCodesDeleted: number
}

/**
 * What must not come back with an old file: sessions that were ended since, invites and codes that were used since, and
 * keys that whoever found the backup could sign with.
 */
export async function renewRestored(
  trx: DatabaseTransaction,
  deps: Pick<Deps, 'now' | 'newId'> & { readonly config: Pick<Deps['config'], 'keyEncryptionKey'> },
  { users, keepInvites }: { users: number; keepInvites: boolean },
): Promise<Renewal> {
  const now = deps.now()
  const renewal = {
    sessionsEnded: await endAllSessions(trx, 'database_restored', now),
    invitesRevoked: keepInvites ? 0 : await revokeUsableInvites(trx, now),
    resetCodesDeleted: await deleteAllResetCodes(trx),
  }
  await deleteAllFlows(trx)
  // What it would send once more was sent, or is long out of date.
  await deleteAllWaiting(trx)
  const { id: signingKey } = await replaceSigningKeys(trx, now, deps.config.keyEncryptionKey)
  await insertAuditEvent(trx, deps, { event: 'database.restored', details: { users, ...renewal, signingKey } })
  return renewal
}
