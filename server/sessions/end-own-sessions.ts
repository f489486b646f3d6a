import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import type { PresenceSession } from '../presence/presence.ts'
import { type ForgetDeps, forgetSession } from './forget-session.ts'
import { endLiveSession, endSessionsOfUser } from './session-store.ts'

type EndDeps = ForgetDeps & Pick<Deps, 'db' | 'now' | 'newId'>

/** Ends a live session of somebody's for good; throws `not_found` where they have none of this id. */
export async function endOwnSession(deps: EndDeps, session: PresenceSession): Promise<void> {
  const { id, userId } = session
  await deps.db.transaction().execute(async (trx) => {
    if (!(await endLiveSession(trx, session, 'ended_by_owner', deps.now()))) throw new AuthError('not_found')
    await insertAuditEvent(trx, deps, { event: 'session.ended', userId, sessionId: id })
  })
  forgetSession(deps, session)
}

/** Ends all sessions of somebody's, but one that is spared. */
export async function endOwnSessions(deps: EndDeps, userId: string, spared?: string): Promise<void> {
  const ended = await deps.db.transaction().execute(async (trx) => {
    const sessions = await endSessionsOfUser(trx, userId, 'logged_out', deps.now(), spared)
    for (const { id } of sessions) await insertAuditEvent(trx, deps, { event: 'session.ended', userId, sessionId: id })
    return sessions
  })
  for (const session of ended) forgetSession(deps, session)
}
