import type { DatabaseTransaction } from '../../db/schema.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import { listBots } from '../bots/bot-store.ts'
import type { Deps } from '../deps.ts'
import { endSessionsOfUser } from '../sessions/session-store.ts'
import { deleteResetCodes } from './reset-code-store.ts'
import { type Account, deleteUser, updateDisabled } from './user-store.ts'

type AdminDeps = Pick<Deps, 'now' | 'newId'>

/** Shuts somebody out: every session ends, bots of theirs are refused, no new sign-in. Undefined when they were already. */
export async function disableAccount(
  trx: DatabaseTransaction,
  deps: AdminDeps,
  userId: string,
): Promise<{ sessions: number } | undefined> {
  if (!(await updateDisabled(trx, userId, deps.now()))) return undefined
  await deleteResetCodes(trx, userId)
  const { length: sessions } = await endSessionsOfUser(trx, userId, 'account_disabled', deps.now())
  await insertAuditEvent(trx, deps, { event: 'account.disabled', userId, details: { sessions } })
  return { sessions }
}

/** Lets somebody sign in again; what was ended stays ended. False when they were not shut out. */
export async function enableAccount(trx: DatabaseTransaction, deps: AdminDeps, userId: string): Promise<boolean> {
  if (!(await updateDisabled(trx, userId, undefined))) return false
  await insertAuditEvent(trx, deps, { event: 'account.enabled', userId })
  return true
}

export async function endSessionsOfAccount(trx: DatabaseTransaction, deps: AdminDeps, userId: string): Promise<number> {
  const { length: sessions } = await endSessionsOfUser(trx, userId, 'ended_by_operator', deps.now())
  await insertAuditEvent(trx, deps, { event: 'sessions.ended', userId, details: { sessions } })
  return sessions
}

/**
 * Removes the account with all that is its own, its bots too; the audit trail keeps the ids. Gives the ids of all that
 * went: none when the account was gone before.
 */
export async function deleteAccount(
  trx: DatabaseTransaction,
  deps: AdminDeps & Pick<Deps, 'signInThrottle'>,
  { user, email }: Account,
): Promise<readonly string[]> {
  const bots = await listBots(trx, { ownerId: user.id })
  if (!(await deleteUser(trx, user.id))) return []
  if (email !== null) await deps.signInThrottle.forget(trx, email)
  const gone = [user.id, ...bots.map(({ account }) => account.user.id)]
  for (const id of gone) await insertAuditEvent(trx, deps, { event: 'account.deleted', userId: id })
  return gone
}
