import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { notifyPasswordChanged } from '../mail/notices.ts'
import { listLinkedIssuers } from '../oauth/oauth-account-store.ts'
import { isSameHash, type PasswordHash } from '../passwords/password-hashing.ts'
import { checkPasswordIsNew, checkPasswordIsNotName, checkPasswordStrength } from '../passwords/password-rules.ts'
import type { PresenceSession } from '../presence/presence.ts'
import type { SessionWithOwner } from '../sessions/authenticate.ts'
import { forgetSession } from '../sessions/forget-session.ts'
import { getSessionAnew } from '../sessions/get-session-anew.ts'
import { nextGeneration, type Session } from '../sessions/session.ts'
import { endSessionsOfUser, rotateSession, updateAuthenticatedAt } from '../sessions/session-store.ts'
import { issueToken } from '../sessions/tokens.ts'
import { requireCurrentPassword } from './current-password.ts'
import { deleteResetCodes } from './reset-code-store.ts'
import { type Account, updatePasswordHash } from './user-store.ts'

interface PasswordChange {
  readonly currentPassword?: string | undefined
  readonly newPassword: string
  /** Where the request comes from. */
  readonly address: string
}

/** Replaces the password and ends every other session of its owner. Gives a fresh token of this one, which goes on. */
export async function replacePassword(deps: Deps, session: Session, change: PasswordChange): Promise<string> {
  const { currentPassword, newPassword, address } = change
  const current = await getSessionAnew(deps, session)
  await checkNewPassword(deps, current.account, change)
  await requireCurrentPassword(deps, current, { password: currentPassword, address })
  const passwordHash = await deps.hashing.hash(newPassword, address)
  // As by a refresh: a copy of the token is noticed, and if this answer is lost the token of before is answered again.
  const next = nextGeneration(deps, current.session, current.session.generation)
  const token = await issueToken(deps, next)
  const replaced = await tryReplace(deps, current, next, passwordHash, address)
  // The password was changed or the session refreshed meanwhile: it is judged anew.
  if (replaced === undefined) return await replacePassword(deps, session, change)
  const { userId } = session
  for (const each of replaced.ended) forgetSession(deps, each)
  deps.sessionCache.forgetUser(userId)
  deps.log.info({ event: 'password.changed', userId }, 'a password was changed')
  return token
}

async function checkNewPassword(
  deps: Deps,
  { email, user }: Account,
  { currentPassword, newPassword }: PasswordChange,
): Promise<void> {
  const field = 'newPassword'
  await checkPasswordStrength(deps, newPassword, field)
  await checkPasswordIsNotName(deps, newPassword, { email, ...user }, field)
  if (currentPassword !== undefined) checkPasswordIsNew(newPassword, currentPassword, field)
  if (email !== null) return
  const message = 'Needs an email address to sign in with: set one first, at PATCH /api/auth/account'
  throw new AuthError('validation_failed', { errors: [{ path: field, message }] })
}

interface Replaced {
  /** The sessions that it ended. */
  readonly ended: readonly PresenceSession[]
}

/** Undefined when password or generation are no longer those that were read. */
async function tryReplace(
  deps: Deps,
  { account, session }: SessionWithOwner,
  next: Session,
  passwordHash: PasswordHash,
  address: string,
): Promise<Replaced | undefined> {
  const { id: sessionId, userId } = session
  return await deps.db.transaction().execute(async (trx) => {
    const now = deps.now()
    const live = await getSessionAnew({ ...deps, db: trx }, session)
    if (!isSameHash(live.account.passwordHash, account.passwordHash)) return undefined
    if (!(await rotateSession(trx, session, next))) return undefined
    await updatePasswordHash(trx, userId, passwordHash)
    const ended = await endSessionsOfUser(trx, userId, 'password_changed', now, sessionId)
    await deleteResetCodes(trx, userId)
    await updateAuthenticatedAt(trx, sessionId, now)
    const { email } = live.account
    if (email !== null) await deps.signInThrottle.noteSuccess(trx, { email, address })
    const details = { sessions: ended.length }
    await insertAuditEvent(trx, deps, { event: 'password.changed', userId, sessionId, details })
    await notifyPasswordChanged(trx, deps, live.account, await listLinkedIssuers(trx, userId))
    return { ended }
  })
}
