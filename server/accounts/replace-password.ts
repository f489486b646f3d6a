import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { notifyPasswordChanged } from '../mail/notices.ts'
import type { PasswordHash } from '../passwords/password-hashing.ts'
import { checkPasswordIsNew, checkPasswordIsNotName, checkPasswordStrength } from '../passwords/password-rules.ts'
import type { SessionWithOwner } from '../sessions/authenticate.ts'
import { forgetSession } from '../sessions/forget-session.ts'
import { getSessionAnew } from '../sessions/get-session-anew.ts'
import type { Session } from '../sessions/session.ts'
import { endSessionsOfUser, updateAuthenticatedAt } from '../sessions/session-store.ts'
import { issueToken } from '../sessions/tokens.ts'
import { requireCurrentPassword } from './current-password.ts'
import { deleteResetCodes } from './reset-code-store.ts'
import { type Account, replacePasswordHash } from './user-store.ts'

interface PasswordChange {
  readonly currentPassword: string
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
  const passwordHash = await deps.hashing.hash(newPassword)
  const token = await issueToken(deps, current.session)
  const ended = await tryReplace(deps, current, passwordHash, address)
  // The password was changed or the session refreshed meanwhile: it is judged anew.
  if (ended === undefined) return await replacePassword(deps, session, change)
  const { userId } = session
  for (const each of ended) forgetSession(deps, each)
  deps.sessionCache.forgetUser(userId)
  deps.log.info({ event: 'password.changed', userId }, 'a password was changed')
  notifyPasswordChanged(deps, current.account)
  return token
}

async function checkNewPassword(
  deps: Deps,
  { email, user }: Account,
  { currentPassword, newPassword }: PasswordChange,
): Promise<void> {
  const field = 'newPassword'
  await checkPasswordStrength(deps, newPassword, field)
  checkPasswordIsNotName(deps, newPassword, { email, username: user.username }, field)
  checkPasswordIsNew(deps, newPassword, currentPassword, field)
}

/** The sessions that it ended; undefined when password or generation are no longer those that were read. */
async function tryReplace(
  deps: Deps,
  { account, session }: SessionWithOwner,
  passwordHash: PasswordHash,
  address: string,
): Promise<{ id: string; userId: string }[] | undefined> {
  const { id: sessionId, userId, generation } = session
  return await deps.db.transaction().execute(async (trx) => {
    const now = deps.now()
    const live = await getSessionAnew({ ...deps, db: trx }, session)
    if (live.session.generation !== generation) return undefined
    if (!(await replacePasswordHash(trx, userId, account.passwordHash, passwordHash))) return undefined
    const ended = await endSessionsOfUser(trx, userId, 'password_changed', now, sessionId)
    await deleteResetCodes(trx, userId)
    await updateAuthenticatedAt(trx, sessionId, now)
    const { email } = live.account
    if (email !== null) await deps.signInThrottle.noteSuccess(trx, { email, address })
    const details = { sessions: ended.length }
    await insertAuditEvent(trx, deps, { event: 'password.changed', userId, sessionId, details })
    return ended
  })
}
