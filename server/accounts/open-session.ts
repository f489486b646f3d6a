import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import type { Origin } from '../http/origin.ts'
import { isSameHash } from '../passwords/password-hashing.ts'
import { forgetSession } from '../sessions/forget-session.ts'
import { newSession } from '../sessions/session.ts'
import { insertSession } from '../sessions/session-store.ts'
import { issueToken } from '../sessions/tokens.ts'
import type { SignedIn } from './user.ts'
import { type Account, findAccountById } from './user-store.ts'

/** Opens a session for somebody who has just proved who they are; throws `account_disabled`. */
export async function openSession(deps: Deps, account: Account, origin: Origin): Promise<SignedIn> {
  const signedIn = await tryOpenSession(deps, account, origin)
  if (signedIn === undefined) throw new AuthError('invalid_credentials')
  return signedIn
}

/**
 * The same after a password was verified. Undefined when it was changed meanwhile, or the account deleted: a reset
 * ends every session, so none may be opened after it with the password of before.
 */
export async function tryOpenSession(deps: Deps, account: Account, origin: Origin): Promise<SignedIn | undefined> {
  const session = newSession(deps, account.user.id)
  const token = await issueToken(deps, session)
  const opened = await deps.db.transaction().execute(async (trx) => {
    const current = await findAccountById(trx, account.user.id)
    if (current === undefined || !isSameHash(current.passwordHash, account.passwordHash)) return undefined
    if (current.isDisabled) throw new AuthError('account_disabled')
    const replaced = await insertSession(trx, session, origin)
    if (current.email !== null) {
      await deps.signInThrottle.noteSuccess(trx, { email: current.email, address: origin.address })
    }
    const { id: sessionId, userId } = session
    await insertAuditEvent(trx, deps, { event: 'sign_in.succeeded', userId, sessionId })
    return { signedIn: { token, user: current.user }, replaced }
  })
  for (const session of opened?.replaced ?? []) forgetSession(deps, session)
  return opened?.signedIn
}
