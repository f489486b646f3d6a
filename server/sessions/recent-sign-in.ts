import type { Deps } from '../deps.ts'
import { minute } from '../durations.ts'
import { AuthError } from '../errors.ts'
import type { Session } from './session.ts'

const recentMs = 10 * minute

/** For what cannot be undone, a token alone is not enough: it may have been left open, or stolen. */
export function requireRecentSignIn({ now }: Pick<Deps, 'now'>, { authenticatedAt }: Session): void {
  // Either way: after a clock that was put back, a sign-in of before would count as recent for long.
  if (Math.abs(now() - authenticatedAt) <= recentMs) return
  const detail = 'This needs a sign-in within the last 10 minutes. Sign in again, then repeat it with the new token.'
  throw new AuthError('reauthentication_required', { detail })
}
