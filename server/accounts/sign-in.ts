import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import type { Origin } from '../http/origin.ts'
import { tryOpenSession } from './open-session.ts'
import type { SignedIn } from './user.ts'
import { type Account, findAccountByEmail, replacePasswordHash } from './user-store.ts'

interface Credentials {
  readonly email: string
  readonly password: string
  readonly origin: Origin
}

/** Signs in by password. An unknown email address costs the same work and gets the same answer as a wrong password. */
export async function signIn(deps: Deps, credentials: Credentials): Promise<SignedIn> {
  const { email, password, origin } = credentials
  const account = await findAccountByEmail(deps.db, email)
  const who = { email, address: origin.address }
  const isRight = await deps.signInThrottle.attempt(who, () =>
    deps.hashing.verify(account?.passwordHash, password, origin.address),
  )
  if (account === undefined || !isRight) throw new AuthError('invalid_credentials')
  const signedIn = await tryOpenSession(deps, account, origin)
  // The account changed while the password was verified: it is judged anew.
  if (signedIn === undefined) return await signIn(deps, credentials)
  await strengthenHash(deps, account, credentials)
  return signedIn
}

/** The password is at hand now: a hash of a lower cost than today's is replaced. */
async function strengthenHash(
  { db, hashing }: Deps,
  account: Account,
  { password, origin }: Credentials,
): Promise<void> {
  if (account.passwordHash === undefined || !hashing.isOutdated(account.passwordHash)) return
  const stronger = await hashing.hash(password, origin.address).catch((error) => {
    // Too busy now: the next sign-in will do it.
    if (error instanceof AuthError) return undefined
    throw error
  })
  if (stronger !== undefined) await replacePasswordHash(db, account.user.id, account.passwordHash, stronger)
}
