import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { second } from '../durations.ts'
import { AuthError } from '../errors.ts'
import { getLiveSession } from './authenticate.ts'
import { forgetSession } from './forget-session.ts'
import { nextGeneration, type Session } from './session.ts'
import { endSession, rotateSession } from './session-store.ts'
import { issueToken, type TokenClaims } from './tokens.ts'

/** After a rotation the token before it is still answered for this long: two tabs, or an answer that was lost. */
const graceMs = 30 * second

/**
 * Exchanges a token, fresh or stale, for one of its session's current generation.
 * @param found the session as it was just now
 *
 * The current generation moves the session on. The one that led to it is answered again during the grace period, and
 * later as long as nobody has used the current one: its answer was lost, so it is dead from then on. Everything else
 * means that two hold tokens of one session: it ends with `token_reused` (RFC 9700, section 4.14.2).
 */
export async function refreshSession(deps: Deps, claims: TokenClaims, found: Session): Promise<string> {
  for (let session = found; ; session = (await getLiveSession(deps, claims)).session) {
    const isCurrent = claims.gen === session.generation
    const isBase = claims.gen === session.baseGeneration
    if (isBase && Math.abs(deps.now() - session.rotatedAt) < graceMs) return await issueToken(deps, session)
    if (!isCurrent && !(isBase && !deps.generationUse.isUsed(session.id, session.generation))) {
      await endStolenSession(deps, session)
    }
    const rotated = await tryRotate(deps, session, claims.gen)
    if (rotated !== undefined) return await issueToken(deps, rotated)
    // Another refresh of this session came first: look again.
  }
}

async function tryRotate(deps: Deps, from: Session, presented: number): Promise<Session | undefined> {
  const rotated = nextGeneration(deps, from, presented)
  if (!(await rotateSession(deps.db, from, rotated))) return undefined
  deps.sessionCache.forget(from.id)
  return rotated
}

/** The end is committed before the error is thrown, or it would be rolled back with it. */
async function endStolenSession(deps: Deps, session: Session): Promise<never> {
  const { db, now, log } = deps
  const { id, userId } = session
  const hasEnded = await db.transaction().execute(async (trx) => {
    const isFirst = await endSession(trx, id, 'token_reused', now())
    if (isFirst) await insertAuditEvent(trx, deps, { event: 'session.token_reused', userId, sessionId: id })
    return isFirst
  })
  if (!hasEnded) throw new AuthError('session_ended')
  forgetSession(deps, session)
  log.warn(
    { event: 'session.token_reused', userId, sessionId: id },
    'an old token was presented: the session has been ended',
  )
  throw new AuthError('token_reused')
}
