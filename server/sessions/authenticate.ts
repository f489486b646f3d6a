import type { Request, RequestHandler, Response } from 'express'
import type { Account } from '../accounts/user-store.ts'
import { authenticateBot } from '../bots/authenticate-bot.ts'
import { isBotToken } from '../bots/bot-token.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { readConnectionId } from '../presence/connection.ts'
import type { PresenceSession } from '../presence/presence.ts'
import type { Session } from './session.ts'
import { findSession } from './session-store.ts'
import { readToken, recallToken, type TokenClaims } from './tokens.ts'

/** Whose token it is. */
export interface Identity {
  readonly account: Account
  /** Undefined for a bot: its token belongs to no session. */
  readonly session: Session | undefined
  /** When the session or the bot's token is over, unless it is prolonged; undefined: never. */
  readonly expiresAt: number | undefined
  /** What presence counts the request to: the session, or the bot. */
  readonly presence: PresenceSession
}

/** Lets a request pass that carries a fresh token of a live session, or a bot's, and marks its connection online. */
export const authenticate =
  (deps: Deps, needed: 'token' | 'person'): RequestHandler =>
  (request, response, next) => {
    const arrival = deps.presence.nextArrival()
    const token = readBearer(request)
    const pass = (identity: Identity): void => {
      response.locals.identity = admit(deps, request, { identity, needed, arrival })
      next()
    }
    const known = recallIdentity(deps, token)
    // What is known is not waited for: each wait lets other requests go first.
    if (known !== undefined) return pass(known)
    return authenticateToken(deps, token).then(pass)
  }

/** The same for an endpoint that needs a token in some cases only. */
export async function authenticatePerson(deps: Deps, request: Request): Promise<{ session: Session; token: string }> {
  const arrival = deps.presence.nextArrival()
  const token = readBearer(request)
  const identity = await authenticateToken(deps, token)
  const { session } = admit(deps, request, { identity, needed: 'person', arrival })
  if (session === undefined) throw new AuthError('person_required')
  return { session, token }
}

interface Admission {
  readonly identity: Identity
  readonly needed: 'token' | 'person'
  readonly arrival: number
}

function admit({ presence }: Deps, request: Request, { identity, needed, arrival }: Admission): Identity {
  if (needed === 'person' && identity.session === undefined) throw new AuthError('person_required')
  presence.mark(identity.presence, readConnectionId(request), arrival)
  return identity
}

export function getIdentity(response: Response): Identity {
  const identity: Identity | undefined = response.locals.identity
  if (identity === undefined) throw new Error('the route asks for no token, but its endpoint for an identity')
  return identity
}

/** The session of the person whose token it is. */
export function getSession(response: Response): Session {
  const { session } = getIdentity(response)
  if (session === undefined) throw new Error('the route lets bots pass, but its endpoint asks for a session')
  return session
}

/** The token of an `Authorization: Bearer` header (RFC 6750, section 2.1); any other scheme counts as no token. */
export function readBearer(request: Request): string {
  const token = /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new AuthError('token_missing')
  return token
}

export async function authenticateToken(deps: Deps, token: string): Promise<Identity> {
  if (isBotToken(token)) {
    const { account, expiresAt } = await authenticateBot(deps, token)
    const { id } = account.user
    return { account, session: undefined, expiresAt, presence: { id, userId: id } }
  }
  const claims = await readToken(deps, token)
  const found = await getKnownSession(deps, claims)
  // Noted before its freshness is judged: whoever presents a generation has received it.
  deps.generationUse.note(claims.sid, claims.gen)
  if (isStale(deps, claims)) throw new AuthError('token_expired')
  return toIdentity(found)
}

/** What `authenticateToken` gives, where memory knows all of it; else undefined, whatever is wrong. */
function recallIdentity(deps: Deps, token: string): Identity | undefined {
  const claims = recallToken(deps, token)
  if (claims === undefined) return undefined
  const known = deps.sessionCache.find(claims.sid)
  if (known === undefined || !isLive(known, claims, deps.now()) || isStale(deps, claims)) return undefined
  deps.generationUse.note(claims.sid, claims.gen)
  return toIdentity(known)
}

/** A token made under another PUBLIC_URL or AUDIENCE is ours but stale: a refresh makes it good. */
function isStale({ config, now }: Pick<Deps, 'config' | 'now'>, { exp, iss, aud }: TokenClaims): boolean {
  return exp * 1000 <= now() || iss !== config.publicUrl || aud !== config.audience
}

const toIdentity = ({ account, session }: SessionWithOwner): Identity => ({
  account,
  session,
  expiresAt: session.expiresAt,
  presence: session,
})

export interface SessionWithOwner {
  readonly account: Account
  readonly session: Session
}

/** Which session a token speaks for. */
type SessionClaims = Pick<TokenClaims, 'sub' | 'sid' | 'gen'>

/** The same as `getLiveSession`, from memory where that knows it to live. What memory would refuse is read anew. */
async function getKnownSession(deps: Deps, claims: SessionClaims): Promise<SessionWithOwner> {
  const known = deps.sessionCache.find(claims.sid)
  if (known !== undefined && isLive(known, claims, deps.now())) return known
  const found = await deps.sessionCache.load(claims.sid, () => findSession(deps.db, claims.sid))
  return requireLive(found, claims, deps.now())
}

/** The session that the token belongs to, or `session_ended` when it is over or was never that far. */
export async function getLiveSession(deps: Pick<Deps, 'db' | 'now'>, claims: SessionClaims): Promise<SessionWithOwner> {
  return requireLive(await findSession(deps.db, claims.sid), claims, deps.now())
}

function requireLive(found: SessionWithOwner | undefined, claims: SessionClaims, now: number): SessionWithOwner {
  if (found === undefined || !isLive(found, claims, now)) throw new AuthError('session_ended')
  return found
}

function isLive({ session, account }: SessionWithOwner, claims: SessionClaims, now: number): boolean {
  const isOver = session.endedAt !== undefined || session.expiresAt <= now
  return !isOver && !account.isDisabled && account.user.id === claims.sub && claims.gen <= session.generation
}
