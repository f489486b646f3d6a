import type { DatabaseTransaction } from '../../db/schema.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { notifyEmailChanged } from '../mail/notices.ts'
import { isSameHash } from '../passwords/password-hashing.ts'
import type { SessionWithOwner } from '../sessions/authenticate.ts'
import { getSessionAnew } from '../sessions/get-session-anew.ts'
import type { Session } from '../sessions/session.ts'
import { requireCurrentPassword } from './current-password.ts'
import { updateEmail } from './email-store.ts'
import { getOwnAccount, type OwnAccount } from './own-account.ts'
import { deleteResetCodes } from './reset-code-store.ts'
import { toEmailKey } from './user-store.ts'

interface EmailChange {
  readonly email: string
  readonly currentPassword: string
  /** Where the request comes from. */
  readonly address: string
}

/** Replaces the email address, with which its owner signs in from now on; sessions go on. Throws `email_taken`. */
export async function replaceEmail(deps: Deps, session: Session, change: EmailChange): Promise<OwnAccount> {
  const { email, currentPassword, address } = change
  const current = await getSessionAnew(deps, session)
  await requireCurrentPassword(deps, current, { password: currentPassword, address })
  const changed = await deps.db.transaction().execute(async (trx) => {
    const live = await getSessionAnew({ ...deps, db: trx }, session)
    if (!isSameHash(live.account.passwordHash, current.account.passwordHash)) return undefined
    if (live.account.email !== email) await moveTo(trx, deps, live, email)
    await deps.signInThrottle.noteSuccess(trx, { email, address })
    return { account: await getOwnAccount(trx, session.userId), oldEmail: live.account.email }
  })
  // The password was changed while it was verified: it is judged anew.
  if (changed === undefined) return await replaceEmail(deps, session, change)
  const { userId } = session
  const { account, oldEmail } = changed
  deps.sessionCache.forgetUser(userId)
  if (oldEmail !== null && isOther(oldEmail, email)) notifyEmailChanged(deps, { userId, oldEmail })
  return account
}

async function moveTo(
  trx: DatabaseTransaction,
  deps: Deps,
  { account, session }: SessionWithOwner,
  email: string,
): Promise<void> {
  const { id: sessionId, userId } = session
  if (!(await updateEmail(trx, userId, email))) throw new AuthError('email_taken')
  // One may lie in the mailbox of before.
  await deleteResetCodes(trx, userId)
  if (account.email !== null && isOther(account.email, email)) await deps.signInThrottle.forget(trx, account.email)
  await insertAuditEvent(trx, deps, { event: 'email.changed', userId, sessionId })
}

const isOther = (one: string, other: string): boolean => toEmailKey(one) !== toEmailKey(other)
