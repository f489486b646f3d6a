import type { Deps } from '../deps.ts'
import type { PresenceSession } from '../presence/presence.ts'

export type ForgetDeps = Pick<Deps, 'sessionCache' | 'botCache' | 'generationUse' | 'presence' | 'presenceStreams'>

/** After the commit that ended a session: nothing in memory outlives it. */
export function forgetSession(deps: ForgetDeps, session: PresenceSession): void {
  deps.sessionCache.forget(session.id)
  deps.generationUse.forget(session.id)
  deps.presenceStreams.closeSession(session.id)
  deps.presence.disconnect(session)
}

/** After a commit that ended everything of a user, a person or a bot: sessions, token, bots of theirs. */
export function forgetUser(deps: ForgetDeps, userId: string): void {
  deps.sessionCache.forgetUser(userId)
  // Those of the user may be many, and their owner is not noted there.
  deps.botCache.clear()
  deps.presenceStreams.closeUser(userId)
  deps.presence.disconnectUser(userId)
}
