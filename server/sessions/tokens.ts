import jwt from 'jsonwebtoken'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { isCanonical, isLowS, withLowS } from './low-s.ts'
import type { Session } from './session.ts'

/** RFC 9068, section 2.1: keeps a JWT made for another purpose from passing as an access token. */
const tokenType = 'at+jwt'
const notBeforeLeewaySeconds = 30

/** The claims of a token whose signature and form have been checked; `exp` in seconds (RFC 7519, section 4.1). */
export interface TokenClaims {
  readonly iss: string
  readonly aud: string
  readonly sub: string
  readonly sid: string
  readonly gen: number
  readonly exp: number
}

type IssueDeps = Pick<Deps, 'config' | 'now' | 'newId' | 'randomBytes' | 'signingKeys' | 'verifiedTokens'>

/** Signs a token of the session's current generation, good for `TOKEN_TTL` less up to 5 %. */
export async function issueToken(deps: IssueDeps, session: Session): Promise<string> {
  const key = await deps.signingKeys.getCurrent()
  const issuedAt = Math.floor(deps.now() / 1000)
  const claims = {
    iss: deps.config.publicUrl,
    aud: deps.config.audience,
    sub: session.userId,
    sid: session.id,
    gen: session.generation,
    jti: deps.newId(),
    iat: issuedAt,
    nbf: issuedAt - notBeforeLeewaySeconds,
    exp: Math.max(issuedAt + 1, Math.min(issuedAt + jitteredTtl(deps), Math.floor(session.expiresAt / 1000))),
  }
  const header = { alg: 'ES256', kid: key.id, typ: tokenType } as const
  const token = withLowS(jwt.sign(claims, key.privateKeyObject, { algorithm: 'ES256', header }))
  // Our own signature need not be checked when it comes back.
  deps.verifiedTokens.keep({ token, claims, keyId: key.id })
  return token
}

/** Seconds; jitter spreads the refreshes of many clients that signed in together. */
function jitteredTtl({ config, randomBytes }: IssueDeps): number {
  const ttl = Math.floor(config.tokenTtlMs / 1000)
  const share = randomBytes(4).readUInt32BE() / 2 ** 32
  return ttl - Math.round(ttl * 0.05 * share)
}

type ReadDeps = Pick<Deps, 'signingKeys' | 'verifiedTokens'>

/** What `readToken` has found of this token before, if it would find the same now. */
export function recallToken({ signingKeys, verifiedTokens }: ReadDeps, token: string): TokenClaims | undefined {
  const known = verifiedTokens.find(token)
  return known !== undefined && signingKeys.isAtHand(known.keyId) ? known.claims : undefined
}

/**
 * Checks signature, algorithm, type and form, or throws `token_invalid`. Whether the token is still fresh is for the
 * caller to judge, because a refresh takes stale ones.
 */
export async function readToken(deps: ReadDeps, token: string): Promise<TokenClaims> {
  const { signingKeys, verifiedTokens } = deps
  const known = recallToken(deps, token)
  if (known !== undefined) return known
  const header = readHeader(token)
  if (header?.typ !== tokenType || typeof header.kid !== 'string') throw new AuthError('token_invalid')
  // `crit` asks for what we do not understand (RFC 7515, section 4.1.11).
  if (Object.hasOwn(header, 'crit')) throw new AuthError('token_invalid')
  const key = await signingKeys.findKey(header.kid)
  const signature = token.slice(token.lastIndexOf('.') + 1)
  if (key === undefined || !isCanonical(signature)) throw new AuthError('token_invalid')
  if (key.signsLowS && !isLowS(signature)) throw new AuthError('token_invalid')
  const claims = verifySignature(token, key.publicKeyObject)
  if (!isTokenClaims(claims)) throw new AuthError('token_invalid')
  verifiedTokens.keep({ token, claims, keyId: header.kid })
  return claims
}

function readHeader(token: string): jwt.JwtHeader | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header
  } catch {
    throw new AuthError('token_invalid')
  }
}

function verifySignature(token: string, key: Parameters<typeof jwt.verify>[1]): unknown {
  try {
    // `nbf` serves other verifiers: we set it ourselves, and a clock put right must not sign everybody out.
    return jwt.verify(token, key, { algorithms: ['ES256'], ignoreExpiration: true, ignoreNotBefore: true })
  } catch {
    throw new AuthError('token_invalid')
  }
}

function isTokenClaims(value: unknown): value is TokenClaims {
  if (typeof value !== 'object' || value === null) return false
  const { iss, aud, sub, sid, gen, exp } = value as Record<string, unknown>
  const areStrings = [iss, aud, sub, sid].every((claim) => typeof claim === 'string')
  return areStrings && Number.isSafeInteger(gen) && Number(gen) >= 1 && Number.isSafeInteger(exp)
}
