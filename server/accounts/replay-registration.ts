import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import type { Origin } from '../http/origin.ts'
import { findRegistration, type RememberedRequest } from './idempotency-store.ts'
import { tryOpenSession } from './open-session.ts'
import type { SignedIn } from './user.ts'
import { findAccountById } from './user-store.ts'

/**
 * Answers a registration whose first answer was lost: the same user with a fresh session, once the password has been
 * verified. Undefined when no registration with this key succeeded in the last 24 hours.
 */
export async function findAndReplay(
  deps: Deps,
  request: RememberedRequest,
  password: string,
  origin: Origin,
): Promise<SignedIn | undefined> {
  const earlier = await findRegistration(deps.db, request.key, deps.now())
  if (earlier === undefined) return undefined
  if (Buffer.compare(earlier.fingerprint, request.fingerprint) !== 0) throw new AuthError('idempotency_key_reused')
  const account = await findAccountById(deps.db, earlier.userId)
  const email = account?.email
  if (account === undefined || !email) throw new AuthError('idempotency_key_reused')
  const who = { email, address: origin.address }
  const isRight = await deps.signInThrottle.attempt(who, () =>
    deps.hashing.verify(account.passwordHash, password, origin.address),
  )
  if (!isRight) throw new AuthError('idempotency_key_reused')
  const signedIn = await tryOpenSession(deps, account, origin)
  // The account changed while the password was verified: it is judged anew.
  return signedIn ?? (await findAndReplay(deps, request, password, origin))
}
