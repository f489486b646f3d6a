import { type SignInProof, tryOpenSession } from '../accounts/open-session.ts'
import type { SignedIn } from '../accounts/user.ts'
import type { Deps } from '../deps.ts'
import type { Origin } from '../http/origin.ts'
import type { InviteCodeHash } from '../invites/invite-code.ts'
import { findAccountByIdentity, findLink } from './oauth-account-store.ts'
import type { ProviderIdentity } from './provider-identity.ts'
import { registerByIdentity } from './register-by-identity.ts'

export interface IdentitySignIn {
  readonly identity: ProviderIdentity
  readonly provider: string
  readonly inviteCodeHash: InviteCodeHash | undefined
  readonly username: string | undefined
  readonly origin: Origin
}

/** Signs in whoever has linked this account at a provider. Somebody else needs an invite, which makes them an account. */
export async function signInByIdentity(deps: Deps, signIn: IdentitySignIn): Promise<SignedIn> {
  const account = await findAccountByIdentity(deps.db, signIn.identity)
  const signedIn =
    account === undefined
      ? await registerByIdentity(deps, signIn)
      : await tryOpenSession(deps, account, signIn.origin, linkOf(signIn))
  // It was linked or unlinked meanwhile: judged anew.
  return signedIn ?? (await signInByIdentity(deps, signIn))
}

/** It still has to be linked when the session is opened. */
const linkOf = ({ identity, provider }: IdentitySignIn): SignInProof => ({
  holds: async (trx, { user }) => (await findLink(trx, identity))?.userId === user.id,
  opening: async (trx) => ({ openedBy: provider, oauthAccountId: (await findLink(trx, identity))?.id }),
  details: { provider },
})
