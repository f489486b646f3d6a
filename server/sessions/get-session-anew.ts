import type { Deps } from '../deps.ts'
import { getLiveSession, type SessionWithOwner } from './authenticate.ts'
import type { Session } from './session.ts'

/**
 * The session and its owner as they stand now, or `session_ended`: what let the request pass may come from memory, and
 * much can happen while a password is verified. In a transaction they stay like this until its end.
 */
export async function getSessionAnew(deps: Pick<Deps, 'db' | 'now'>, session: Session): Promise<SessionWithOwner> {
  const { id: sid, userId: sub, generation: gen } = session
  return await getLiveSession(deps, { sid, sub, gen })
}
