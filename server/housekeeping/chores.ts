import { deleteForgottenRegistrations } from '../accounts/idempotency-store.ts'
import { deleteUnusedKnownNetworks, type NetworkKey } from '../accounts/known-network-store.ts'
import { deleteExpiredResetCodes } from '../accounts/reset-code-store.ts'
import { deleteForgottenFailures } from '../accounts/sign-in-failure-store.ts'
import { pruneAuditEvents } from '../audit/prune-events.ts'
import type { Deps } from '../deps.ts'
import { day } from '../durations.ts'
import { deleteUnusedInvites } from '../invites/unused-invite-store.ts'
import { deleteExpiredFlows } from '../oauth/oauth-flow-store.ts'
import { deletePassedSessions } from '../sessions/passed-session-store.ts'
import { deleteRetiredKeys } from '../sessions/signing-keys.ts'
import { type Chore, Walk } from './walk.ts'

const sessionKeptMs = 30 * day
const inviteKeptMs = 90 * day
const networkKeptMs = 90 * day

/** All that is cleared away. What has to look at a whole table comes last. */
export const createChores = ({ config }: Pick<Deps, 'config'>): readonly Chore[] => [
  new Walk('audit events', (trx, batch) => pruneAuditEvents(trx, batch, config.auditRetentionMs)),
  new Walk('signing keys', (trx, { now }) => deleteRetiredKeys(trx, now)),
  new Walk('idempotency keys', deleteForgottenRegistrations),
  new Walk('reset codes', deleteExpiredResetCodes),
  new Walk('sign-ins through providers', deleteExpiredFlows),
  new Walk<string>('invites', (trx, batch) => deleteUnusedInvites(trx, batch, batch.now - inviteKeptMs)),
  new Walk('failed sign-ins', deleteForgottenFailures),
  new Walk<NetworkKey>('known networks', (trx, batch) =>
    deleteUnusedKnownNetworks(trx, batch, batch.now - networkKeptMs),
  ),
  new Walk<string>('sessions', (trx, batch) => deletePassedSessions(trx, batch, batch.now - sessionKeptMs)),
]
