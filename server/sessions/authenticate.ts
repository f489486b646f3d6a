import type { Request, RequestHandler, Response } from 'express'
import type { Account } from '../accounts/user-store.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { readConnectionId } from '../presence/connection.ts'
import type { Session } from './session.ts'
import { findSession } from './session-store.ts'
import { readToken, type TokenClaims } from './tokens.ts'

export interface Identity {
  readonly account: Account
  readonly session: Session
}

/** Lets a request pass that carries a fresh token of a live session, and marks its connection online. */
export const authenticate =
  (deps: Deps): RequestHandler =>
  async (request, response, next) => {
    const arrival = deps.presence.nextArrival()
    const identity = await authenticateToken(deps, readBearer(request))
    deps.presence.mark(identity.session, readConnectionId(request), arrival)
    response.locals.identity = identity
    next()
  }

export function getIdentity(response: Response): Identity {
  const identity: Identity | undefined = response.locals.identity
  if (identity === undefined) throw new Error('the route asks for no token, but its endpoint for an identity')
  return identity
}

/** The token of an `Authorization: Bearer` header (RFC 6750, section 2.1); any other scheme counts as no token. */
export function readBearer(request: Request): string {
  const token = /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new AuthError('token_missing')
  return token
}

export async function authenticateToken(deps: Deps, token: string): Promise<Identity> {
  const claims = await readToken(deps, token)
  const identity = await getLiveSession(deps, claims)
  // Noted before its freshness is judged: whoever presents a generation has received it.
  deps.generationUse.note(claims.sid, claims.gen)
  // A token made under another PUBLIC_URL or AUDIENCE is ours but stale: a refresh makes it good.
  const { publicUrl, audience } = deps.config
  const isStale = claims.exp * 1000 <= deps.now() || claims.iss !== publicUrl || claims.aud !== audience
  if (isStale) throw new AuthError('token_expired')
  return identity
}

/** The session that the token belongs to, or `session_ended` when it is over or was never that far. */
export async function getLiveSession(deps: Pick<Deps, 'db' | 'now'>, claims: TokenClaims): Promise<Identity> {
  const found = await findSession(deps.db, claims.sid)
  if (found === undefined || found.account.user.id !== claims.sub) throw new AuthError('session_ended')
  const { session, account } = found
  const isOver = session.endedAt !== undefined || session.expiresAt <= deps.now()
  if (isOver || account.isDisabled || claims.gen > session.generation) throw new AuthError('session_ended')
  return found
}
