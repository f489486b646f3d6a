import type { DatabaseTransaction } from '../../db/schema.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { day } from '../durations.ts'
import { AuthError } from '../errors.ts'
import { notifyEmailChanged } from '../mail/notices.ts'
import { isSameHash } from '../passwords/password-hashing.ts'
import type { SessionWithOwner } from '../sessions/authenticate.ts'
import { getSessionAnew } from '../sessions/get-session-anew.ts'
import type { Session } from '../sessions/session.ts'
import { requireCurrentPassword } from './current-password.ts'
import { updateEmail } from './email-store.ts'
import { getOwnAccount, type OwnAccount } from './own-account.ts'
import { expireResetCodes } from './reset-code-store.ts'
import { toEmailKey } from './user-store.ts'

interface EmailChange {
  readonly email: string
  readonly currentPassword?: string | undefined
  /** Where the request comes from. */
  readonly address: string
}

/** An address that was an account's for so long is told that it is no more: not one that was a slip, or a stranger's. */
const toldAfterMs = day

/** Replaces the email address, with which its owner signs in from now on; sessions go on. Throws `email_taken`. */
export async function replaceEmail(deps: Deps, session: Session, change: EmailChange): Promise<OwnAccount> {
  const { email, currentPassword, address } = change
  const current = await getSessionAnew(deps, session)
  await requireCurrentPassword(deps, current, { password: currentPassword, address })
  const { userId } = session
  const changed = await deps.db.transaction().execute(async (trx) => {
    const live = await getSessionAnew({ ...deps, db: trx }, session)
    if (!isSameHash(live.account.passwordHash, current.account.passwordHash)) return undefined
    const toldAddress = live.account.email === email ? undefined : await moveTo(trx, deps, live, email)
    await deps.signInThrottle.noteSuccess(trx, { email, address })
    if (toldAddress !== undefined) await notifyEmailChanged(trx, deps, { userId, oldEmail: toldAddress })
    return await getOwnAccount({ ...deps, db: trx }, userId)
  })
  // The password was changed while it was verified: it is judged anew.
  if (changed === undefined) return await replaceEmail(deps, session, change)
  deps.sessionCache.forgetUser(userId)
  return changed
}

/** Gives the address of before where it is to be told. */
async function moveTo(
  trx: DatabaseTransaction,
  deps: Deps,
  { account, session }: SessionWithOwner,
  email: string,
): Promise<string | undefined> {
  const { id: sessionId, userId } = session
  const changedAt = deps.now()
  const moved = await updateEmail(trx, { id: userId, email, changedAt })
  if (moved === undefined) throw new AuthError('email_taken')
  // One may lie in the mailbox of before.
  await expireResetCodes(trx, userId, changedAt)
  await insertAuditEvent(trx, deps, { event: 'email.changed', userId, sessionId })
  if (account.email === null || toEmailKey(account.email) === toEmailKey(email)) return undefined
  await deps.signInThrottle.move(trx, { from: account.email, to: email })
  return changedAt - moved.heldSince >= toldAfterMs ? account.email : undefined
}
