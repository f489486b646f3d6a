import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { type Account, accountColumns, toAccount } from '../accounts/user-store.ts'
import type { Origin } from '../http/origin.ts'
import type { PresenceSession } from '../presence/presence.ts'
import type { Session } from './session.ts'

/** Sessions of one person that are kept, live or ended: whoever signs in again and again fills no table. */
const mostOfUser = 200
/** As many are cleared away at once, so that no sign-in takes long. */
const mostCleared = 500

/** By what somebody proved who they are. */
export interface Opening {
  /** `password`, `registration`, or the name of a provider. */
  readonly openedBy: string
  /** The link through which it was opened: with that it ends. */
  readonly oauthAccountId?: string | undefined
}

export type SessionEndReason =
  | 'account_disabled'
  | 'account_unlinked'
  | 'database_restored'
  | 'ended_by_operator'
  | 'ended_by_owner'
  | 'logged_out'
  | 'password_changed'
  | 'password_reset'
  | 'token_reused'

/** The session with its owner, live or not; undefined when there is no such row. */
export async function findSession(
  db: Database,
  id: string,
): Promise<{ session: Session; account: Account } | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select([...accountColumns, 'sessions.id as session_id', 'generation', 'base_generation'])
    .select(['sessions.created_at as session_created_at', 'authenticated_at', 'rotated_at', 'expires_at', 'ended_at'])
    .where('sessions.id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const session: Session = {
    id: row.session_id,
    userId: row.id,
    generation: row.generation,
    baseGeneration: row.base_generation ?? undefined,
    createdAt: row.session_created_at,
    authenticatedAt: row.authenticated_at,
    rotatedAt: row.rotated_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at ?? undefined,
  }
  return { session, account: toAccount(row) }
}

/**
 * Opens a session, and clears away the person's expired ones and whatever is more than a person may have: ended ones
 * first, then those that were refreshed longest ago. Gives the live ones among them, which are over with it.
 */
export async function insertSession(
  trx: DatabaseTransaction,
  session: Session,
  origin: Origin,
  { openedBy, oauthAccountId }: Opening,
): Promise<PresenceSession[]> {
  await trx
    .deleteFrom('sessions')
    .where('user_id', '=', session.userId)
    .where('expires_at', '<=', session.createdAt)
    .execute()
  const cleared = await clearSurplus(trx, session.userId)
  await trx
    .insertInto('sessions')
    .values({
      id: session.id,
      user_id: session.userId,
      generation: session.generation,
      base_generation: null,
      created_at: session.createdAt,
      authenticated_at: session.authenticatedAt,
      rotated_at: session.rotatedAt,
      expires_at: session.expiresAt,
      ended_at: null,
      end_reason: null,
      user_agent: origin.userAgent?.slice(0, 512) ?? null,
      address: origin.address,
      binding_hash: null,
      opened_by: openedBy,
      oauth_account_id: oauthAccountId ?? null,
    })
    .execute()
  return cleared
}

/** Leaves room for one more. */
async function clearSurplus(trx: DatabaseTransaction, userId: string): Promise<PresenceSession[]> {
  const surplus = trx
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', userId)
    .orderBy(({ eb }) => eb('ended_at', 'is', null), 'desc')
    .orderBy('rotated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(mostCleared)
    .offset(mostOfUser - 1)
  const cleared = await trx.deleteFrom('sessions').where('id', 'in', surplus).returning(['id', 'ended_at']).execute()
  return cleared.filter(({ ended_at }) => ended_at === null).map(({ id }) => ({ id, userId }))
}

/** Moves the session one generation on; false when another refresh or an end came first. */
export async function rotateSession(
  db: Database | DatabaseTransaction,
  from: Session,
  to: Pick<Session, 'baseGeneration' | 'rotatedAt' | 'expiresAt'>,
): Promise<boolean> {
  const result = await db
    .updateTable('sessions')
    .set((column) => ({
      generation: column('generation', '+', 1),
      base_generation: to.baseGeneration ?? null,
      rotated_at: to.rotatedAt,
      expires_at: to.expiresAt,
    }))
    .where('id', '=', from.id)
    .where('generation', '=', from.generation)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  return result.numUpdatedRows === 1n
}

/** Notes that the person has proved once more who they are. */
export async function updateAuthenticatedAt(trx: DatabaseTransaction, id: string, at: number): Promise<void> {
  await trx.updateTable('sessions').set({ authenticated_at: at }).where('id', '=', id).execute()
}

/** Ends the session for good; false when it had ended before. */
export async function endSession(
  db: Database | DatabaseTransaction,
  id: string,
  reason: SessionEndReason,
  now: number,
): Promise<boolean> {
  const result = await db
    .updateTable('sessions')
    .set({ ended_at: now, end_reason: reason })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  return result.numUpdatedRows === 1n
}

/** The same for a session of this user, and only while it is live. */
export async function endLiveSession(
  trx: DatabaseTransaction,
  { id, userId }: PresenceSession,
  reason: SessionEndReason,
  now: number,
): Promise<boolean> {
  const result = await trx
    .updateTable('sessions')
    .set({ ended_at: now, end_reason: reason })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow()
  return result.numUpdatedRows === 1n
}

/** Ends every session of the user that has not ended, but one that is spared; those that could have been refreshed. */
export async function endSessionsOfUser(
  trx: DatabaseTransaction,
  userId: string,
  reason: SessionEndReason,
  now: number,
  spared?: string,
): Promise<PresenceSession[]> {
  let sessions = trx
    .updateTable('sessions')
    .set({ ended_at: now, end_reason: reason })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
  if (spared !== undefined) sessions = sessions.where('id', '!=', spared)
  const ended = await sessions.returning(['id', 'expires_at']).execute()
  return ended.filter(({ expires_at }) => expires_at > now).map(({ id }) => ({ id, userId }))
}

/** Ends the sessions that were opened through a link, but one that is spared. */
export async function endSessionsOfLink(
  trx: DatabaseTransaction,
  oauthAccountId: string,
  now: number,
  spared: string,
): Promise<PresenceSession[]> {
  const ended = await trx
    .updateTable('sessions')
    .set({ ended_at: now, end_reason: 'account_unlinked' })
    .where('oauth_account_id', '=', oauthAccountId)
    .where('ended_at', 'is', null)
    .where('id', '!=', spared)
    .returning(['id', 'user_id'])
    .execute()
  return ended.map(({ id, user_id: userId }) => ({ id, userId }))
}

export interface LiveSession {
  readonly id: string
  readonly createdAt: number
  readonly refreshedAt: number
  readonly userAgent: string | undefined
  readonly address: string | undefined
  /** Undefined of sessions that were opened before it was noted. */
  readonly openedBy: string | undefined
}

/** Newest first; as many as a person may have. */
export async function listLiveSessions(db: Database, userId: string, now: number): Promise<LiveSession[]> {
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'created_at', 'rotated_at', 'user_agent', 'address', 'opened_by'])
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(mostOfUser)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    refreshedAt: row.rotated_at,
    userAgent: row.user_agent ?? undefined,
    address: row.address ?? undefined,
    openedBy: row.opened_by ?? undefined,
  }))
}

/** Ends every session there is; gives how many. */
export async function endAllSessions(trx: DatabaseTransaction, reason: SessionEndReason, now: number): Promise<number> {
  const result = await trx
    .updateTable('sessions')
    .set({ ended_at: now, end_reason: reason })
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(result.numUpdatedRows)
}
