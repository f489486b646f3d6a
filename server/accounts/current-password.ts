import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import type { SessionWithOwner } from '../sessions/authenticate.ts'

interface Proof {
  readonly password: string
  /** Where the request comes from. */
  readonly address: string
}

/** Lets somebody who is signed in prove who they are once more. A wrong password counts as one at sign-in does. */
export async function requireCurrentPassword(
  { signInThrottle, hashing }: Pick<Deps, 'signInThrottle' | 'hashing'>,
  { account, session }: SessionWithOwner,
  { password, address }: Proof,
): Promise<void> {
  const { email, passwordHash } = account
  if (email === null || passwordHash === undefined) {
    const detail = 'This account has no password yet. A reset code sets one, at POST /api/auth/password/reset.'
    throw new AuthError('invalid_credentials', { detail })
  }
  const attempt = { email, address, sessionId: session.id }
  if (await signInThrottle.attempt(attempt, () => hashing.verify(passwordHash, password))) return
  throw new AuthError('invalid_credentials', { detail: 'The current password is wrong.' })
}
