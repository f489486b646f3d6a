import type { DatabaseTransaction } from '../../db/schema.ts'
import type { AuditDetails } from '../audit/audit-event.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import type { Origin } from '../http/origin.ts'
import { isSameHash } from '../passwords/password-hashing.ts'
import { forgetSession } from '../sessions/forget-session.ts'
import { newSession } from '../sessions/session.ts'
import { insertSession, type Opening } from '../sessions/session-store.ts'
import { issueToken } from '../sessions/tokens.ts'
import type { SignedIn } from './user.ts'
import { type Account, findAccountById } from './user-store.ts'

/** What somebody proved who they are with. */
export interface SignInProof {
  /** Whether it still holds, with the account as it stands now. */
  holds(trx: DatabaseTransaction, current: Account): boolean | Promise<boolean>
  /** Where it holds, by what the session is opened. */
  opening(trx: DatabaseTransaction): Opening | Promise<Opening>
  /** For the audit event. */
  readonly details?: AuditDetails
}

/** The account's password was verified. */
export const passwordOf = ({ passwordHash }: Account): SignInProof => ({
  holds: (_trx, current) => isSameHash(current.passwordHash, passwordHash),
  opening: () => ({ openedBy: 'password' }),
})

/** Opens a session for somebody who has just proved who they are; throws `account_disabled`. */
export async function openSession(deps: Deps, account: Account, origin: Origin): Promise<SignedIn> {
  const signedIn = await tryOpenSession(deps, account, origin)
  if (signedIn === undefined) throw new AuthError('invalid_credentials')
  return signedIn
}

/**
 * The same; undefined when the proof no longer holds, or the account was deleted: a reset ends every session, so none
 * may be opened after it with the password of before.
 */
export async function tryOpenSession(
  deps: Deps,
  account: Account,
  origin: Origin,
  proof: SignInProof = passwordOf(account),
): Promise<SignedIn | undefined> {
  const session = newSession(deps, account.user.id)
  const token = await issueToken(deps, session)
  const opened = await deps.db.transaction().execute(async (trx) => {
    const current = await findAccountById(trx, account.user.id)
    if (current === undefined || !(await proof.holds(trx, current))) return undefined
    if (current.isDisabled) throw new AuthError('account_disabled')
    const replaced = await insertSession(trx, session, origin, await proof.opening(trx))
    if (current.email !== null) {
      await deps.signInThrottle.noteSuccess(trx, { email: current.email, address: origin.address })
    }
    const { id: sessionId, userId } = session
    const { details } = proof
    await insertAuditEvent(trx, deps, { event: 'sign_in.succeeded', userId, sessionId, ...(details && { details }) })
    return { signedIn: { token, user: current.user }, replaced }
  })
  for (const session of opened?.replaced ?? []) forgetSession(deps, session)
  return opened?.signedIn
}
