import type { SignedIn } from '../accounts/user.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { notifyAccountLinked } from '../mail/notices.ts'
import { getSessionAnew } from '../sessions/get-session-anew.ts'
import type { Session } from '../sessions/session.ts'
import { findLink, insertOAuthAccount } from './oauth-account-store.ts'
import type { ProviderIdentity } from './provider-identity.ts'

interface Link {
  /** Of the session, as it was presented. */
  readonly token: string
  readonly identity: ProviderIdentity
  readonly provider: string
}

/**
 * Links an account at a provider to that of the session's owner; what is theirs already stays theirs. It answers the token that
 * was presented: a fresh one would make an older copy as good as the newest, and its theft would not be noticed.
 */
export async function linkIdentity(
  deps: Deps,
  session: Session,
  { token, identity, provider }: Link,
): Promise<SignedIn> {
  const { id: sessionId, userId } = session
  const { live, isNew } = await deps.db.transaction().execute(async (trx) => {
    const live = await getSessionAnew({ ...deps, db: trx }, session)
    const account = { id: deps.newId(), userId, provider, identity, linkedAt: deps.now() }
    const isNew = await insertOAuthAccount(trx, account)
    const isOwn = isNew || (await findLink(trx, identity))?.userId === userId
    if (!isOwn) throw new AuthError('oauth_account_taken')
    if (isNew) {
      await insertAuditEvent(trx, deps, { event: 'oauth_account.linked', userId, sessionId, details: { provider } })
      await notifyAccountLinked(trx, deps, live.account, provider)
    }
    return { live, isNew }
  })
  if (isNew) {
    deps.log.info({ event: 'oauth_account.linked', userId, provider }, 'an account at a provider was linked')
  }
  return { token, user: live.account.user }
}
