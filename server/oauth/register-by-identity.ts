import type { DatabaseTransaction } from '../../db/schema.ts'
import { suggestUsernames } from '../accounts/suggest-usernames.ts'
import type { SignedIn, User } from '../accounts/user.ts'
import { insertUser } from '../accounts/user-store.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import type { InviteCodeHash } from '../invites/invite-code.ts'
import { getUsableInviteByHash } from '../invites/invite-rules.ts'
import { consumeInvite, insertInviteUse } from '../invites/invite-store.ts'
import { newSession } from '../sessions/session.ts'
import { insertSession } from '../sessions/session-store.ts'
import { issueToken } from '../sessions/tokens.ts'
import { insertOAuthAccount } from './oauth-account-store.ts'
import type { IdentitySignIn } from './sign-in-by-identity.ts'

/** Rolls a registration back whose identity has got an account meanwhile. */
class LinkedMeanwhile extends Error {}

/**
 * Makes an account with an invite for somebody whom a provider knows: without a password, and without an email address,
 * for what a provider says of one proves nothing here. Undefined when the identity has an account by now.
 */
export async function registerByIdentity(deps: Deps, signIn: IdentitySignIn): Promise<SignedIn | undefined> {
  const { inviteCodeHash } = signIn
  if (inviteCodeHash === undefined) {
    const detail =
      'This account of the provider is linked to nobody here. To join, start again with an invite code; if you have ' +
      'an account here, sign in to it and link this one.'
    throw new AuthError('invite_invalid', { detail })
  }
  const userId = deps.newId()
  const session = newSession(deps, userId)
  const token = await issueToken(deps, session)
  const now = deps.now()
  try {
    const user = await deps.db.transaction().execute(async (trx) => {
      const inviteId = await takeUse(trx, inviteCodeHash, now)
      const user = await insertPerson(trx, deps, signIn, userId)
      await insertInviteUse(trx, { inviteId, userId, usedAt: now })
      const { identity, provider } = signIn
      const oauthAccountId = deps.newId()
      const isNew = await insertOAuthAccount(trx, { id: oauthAccountId, userId, provider, identity, linkedAt: now })
      if (!isNew) throw new LinkedMeanwhile()
      await insertSession(trx, session, signIn.origin, { openedBy: provider, oauthAccountId })
      const details = { provider }
      await insertAuditEvent(trx, deps, { event: 'account.registered', userId, sessionId: session.id, details })
      return user
    })
    deps.log.info({ event: 'account.registered', userId }, 'an account was registered')
    return { token, user }
  } catch (error) {
    if (error instanceof LinkedMeanwhile) return undefined
    throw error
  }
}

async function takeUse(trx: DatabaseTransaction, codeHash: InviteCodeHash, now: number): Promise<string> {
  const { id } = await getUsableInviteByHash(trx, codeHash, now)
  if (!(await consumeInvite(trx, id, now))) throw new AuthError('invite_used_up')
  return id
}

async function insertPerson(
  trx: DatabaseTransaction,
  deps: Deps,
  { identity, username: chosen }: IdentitySignIn,
  id: string,
): Promise<User> {
  const usernames = chosen === undefined ? suggestUsernames(deps, identity.handle) : [chosen]
  for (const username of usernames) {
    const user: User = { id, username, displayName: username, avatarUrl: null, isBot: false }
    const created = { user, email: null, passwordHash: undefined, createdAt: deps.now() }
    if (await insertUser(trx, created)) return user
  }
  throw new AuthError('username_taken')
}
