import type { Selectable } from 'kysely'
import type { Database, DatabaseTransaction, OAuthFlowTable } from '../../db/schema.ts'
import type { Batch, Cleared } from '../housekeeping/batch.ts'
import type { InviteCodeHash } from '../invites/invite-code.ts'
import type { BegunFlow, FlowFailure, FlowOutcome, FlowPurpose, ReturnedFlow } from './oauth-flow.ts'

export async function insertFlow(db: DatabaseTransaction, { purpose, ...flow }: BegunFlow): Promise<void> {
  const signIn = purpose.sessionId === undefined ? purpose : undefined
  await db
    .insertInto('oauth_flows')
    .values({
      state_hash: flow.stateHash,
      secret_hash: flow.secretHash,
      provider: flow.provider,
      code_verifier: flow.codeVerifier,
      nonce: flow.nonce,
      return_to: flow.returnTo,
      session_id: purpose.sessionId ?? null,
      invite_code_hash: signIn?.inviteCodeHash ?? null,
      username: signIn?.username ?? null,
      expires_at: flow.expiresAt,
    })
    .execute()
}

/** Takes the one return that a flow has; undefined when it is unknown, of another provider, taken or expired. */
export async function takeReturn(
  db: Database,
  { stateHash, provider, now }: { stateHash: Buffer; provider: string; now: number },
): Promise<Pick<BegunFlow, 'codeVerifier' | 'nonce' | 'returnTo'> | undefined> {
  const row = await db
    .updateTable('oauth_flows')
    .set({ returned_at: now })
    .where('state_hash', '=', stateHash)
    .where('provider', '=', provider)
    .where('returned_at', 'is', null)
    .where('expires_at', '>', now)
    .returning(['code_verifier', 'nonce', 'return_to'])
    .executeTakeFirst()
  return row && { codeVerifier: row.code_verifier, nonce: row.nonce, returnTo: row.return_to }
}

export async function saveOutcome(
  db: Database,
  { stateHash, codeHash, outcome }: { stateHash: Buffer; codeHash: Buffer; outcome: FlowOutcome },
): Promise<void> {
  const identity = 'identity' in outcome ? outcome.identity : undefined
  await db
    .updateTable('oauth_flows')
    .set({
      code_hash: codeHash,
      issuer: identity?.issuer ?? null,
      subject: identity?.subject ?? null,
      email: identity?.email ?? null,
      display_name: identity?.displayName ?? null,
      handle: identity?.handle ?? null,
      failure: 'failure' in outcome ? outcome.failure : null,
    })
    .where('state_hash', '=', stateHash)
    .execute()
}

interface FlowKey {
  readonly codeHash: Buffer
  readonly secretHash: Buffer
  readonly now: number
}

/** The same as `consumeFlow`, but the flow stays. */
export async function findReturnedFlow(db: Database, key: FlowKey): Promise<ReturnedFlow | undefined> {
  const row = await db
    .selectFrom('oauth_flows')
    .selectAll()
    .where('code_hash', '=', key.codeHash)
    .where('secret_hash', '=', key.secretHash)
    .where('expires_at', '>', key.now)
    .executeTakeFirst()
  return row && toReturnedFlow(row)
}

/** Takes a flow out whose person came back; undefined when code and secret are of none that is still good. */
export async function consumeFlow(db: Database, key: FlowKey): Promise<ReturnedFlow | undefined> {
  const row = await db
    .deleteFrom('oauth_flows')
    .where('code_hash', '=', key.codeHash)
    .where('secret_hash', '=', key.secretHash)
    .where('expires_at', '>', key.now)
    .returningAll()
    .executeTakeFirst()
  return row && toReturnedFlow(row)
}

function toReturnedFlow(row: Selectable<OAuthFlowTable>): ReturnedFlow {
  return { provider: row.provider, purpose: toPurpose(row), outcome: toOutcome(row) }
}

function toPurpose({ session_id, invite_code_hash, username }: Selectable<OAuthFlowTable>): FlowPurpose {
  if (session_id !== null) return { sessionId: session_id }
  const inviteCodeHash = invite_code_hash === null ? undefined : (Buffer.from(invite_code_hash) as InviteCodeHash)
  return { sessionId: undefined, inviteCodeHash, username: username ?? undefined }
}

function toOutcome({ issuer, subject, email, display_name, handle, failure }: Selectable<OAuthFlowTable>): FlowOutcome {
  if (issuer === null || subject === null) return { failure: (failure ?? 'unconfirmed') as FlowFailure }
  return {
    identity: {
      issuer,
      subject,
      email: email ?? undefined,
      displayName: display_name ?? undefined,
      handle: handle ?? undefined,
    },
  }
}

/** Deletes every flow; gives how many. */
export async function deleteAllFlows(trx: DatabaseTransaction): Promise<number> {
  const result = await trx.deleteFrom('oauth_flows').executeTakeFirstOrThrow()
  return Number(result.numDeletedRows)
}

export async function deleteExpiredFlows(
  trx: DatabaseTransaction,
  { limit, now }: Batch<true>,
): Promise<Cleared<true>> {
  const oldest = trx
    .selectFrom('oauth_flows')
    .select('state_hash')
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(limit)
  const { numDeletedRows } = await trx
    .deleteFrom('oauth_flows')
    .where('state_hash', 'in', oldest)
    .executeTakeFirstOrThrow()
  const deleted = Number(numDeletedRows)
  return { deleted, next: deleted === limit || undefined }
}
