import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import type { SessionWithOwner } from '../sessions/authenticate.ts'
import { requireRecentSignIn } from '../sessions/recent-sign-in.ts'

interface Proof {
  /** Undefined where none was given. */
  readonly password: string | undefined
  /** Where the request comes from. */
  readonly address: string
}

/**
 * Lets somebody who is signed in prove who they are once more: with their password, of which a wrong one counts as at
 * sign-in, or by a recent sign-in where they have none.
 */
export async function requireCurrentPassword(
  deps: Pick<Deps, 'signInThrottle' | 'hashing' | 'now'>,
  { account, session }: SessionWithOwner,
  { password, address }: Proof,
): Promise<void> {
  const { email, passwordHash } = account
  if (email === null || passwordHash === undefined) {
    if (password === undefined) return requireRecentSignIn(deps, session)
    const detail = 'This account has no password yet. Leave currentPassword out; a recent sign-in is enough.'
    throw new AuthError('invalid_credentials', { detail })
  }
  if (password === undefined) {
    const errors = [{ path: 'currentPassword', message: 'Required: this account has a password' }]
    throw new AuthError('validation_failed', { errors })
  }
  const attempt = { email, address, sessionId: session.id }
  if (await deps.signInThrottle.attempt(attempt, () => deps.hashing.verify(passwordHash, password, address))) return
  throw new AuthError('invalid_credentials', { detail: 'The current password is wrong.' })
}
