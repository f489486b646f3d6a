import { errors, type JWTPayload, jwtVerify } from 'jose'
import { fetchKeySet } from './fetch-key-set.ts'
import { KeyCache } from './key-cache.ts'
import { KeysUnavailableError } from './keys-unavailable-error.ts'
import { isLowS } from './low-s.ts'
import { TokenError } from './token-error.ts'
import { readVerifierOptions, type VerifierOptions } from './verifier-options.ts'

/** What a token says, once it has been verified. */
export interface VerifiedToken {
  /** Who sent it: the `id` of their `User`. */
  readonly userId: string
  /** The sign-in it belongs to: refreshing changes the token and keeps this. */
  readonly sessionId: string
  readonly issuedAt: Date
  /** Until when it authenticates, give or take 30 seconds. */
  readonly expiresAt: Date
}

export interface Verifier {
  /**
   * Verifies a token offline, with the issuer's public keys.
   *
   * @param token what the client sent; nothing, or an empty text, is `token_missing`
   * @throws TokenError when it must not be let in, KeysUnavailableError when that cannot be found out
   */
  verify(token: string | null | undefined): Promise<VerifiedToken>
}

// Guestlist's have some 500 characters.
const MAX_LENGTH = 8_192
// RFC 7515, section 7.1; jose would let padding pass, and bits of the last character of 64 bytes that say nothing: a token would
// have more than one spelling.
const FORM = /^[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]$/

/**
 * Makes a verifier for an application's own services. Make one and keep it: it holds the keys. A token is good when it
 * is signed with ES256 by a key of the issuer, is an access token (`typ` `at+jwt`, RFC 9068, section 2.1) of this
 * issuer for this audience, and now lies between `nbf` and `exp`, with 30 seconds of tolerance.
 *
 * @throws TypeError when an option cannot be used
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer, audience, jwksUrl, fetch, clock } = readVerifierOptions(options)
  const keys = new KeyCache(
    () => fetchKeySet(fetch, jwksUrl),
    () => clock.now(),
  )
  return {
    verify: async (token) => {
      if (token === undefined || token === null || token === '') throw new TokenError('token_missing')
      if (!isWellFormed(token)) throw new TokenError('token_invalid')
      try {
        const { payload, protectedHeader } = await jwtVerify(
          token,
          (header, input) => keys.find(requireKid(header), input),
          {
            algorithms: ['ES256'],
            typ: 'at+jwt',
            issuer,
            audience,
            requiredClaims: ['sub', 'sid', 'iat', 'exp'],
            clockTolerance: 30,
            currentDate: new Date(clock.now()),
          },
        )
        if (keys.signsLowS(String(protectedHeader.kid)) && !isLowS(token)) throw new TokenError('token_invalid')
        return readClaims(payload)
      } catch (error) {
        if (error instanceof TokenError || error instanceof KeysUnavailableError) throw error
        throw new TokenError(error instanceof errors.JWTExpired ? 'token_expired' : 'token_invalid', { cause: error })
      }
    },
  }
}

function isWellFormed(token: unknown): boolean {
  return typeof token === 'string' && token.length <= MAX_LENGTH && FORM.test(token)
}

/** Without it jose takes the only key there is, and refuses as soon as there are two. */
function requireKid<Header extends { kid?: string | undefined }>(header: Header): Header {
  if (typeof header.kid !== 'string') throw new TokenError('token_invalid')
  return header
}

function readClaims({ sub, sid, iat, exp }: JWTPayload): VerifiedToken {
  const areTexts = typeof sub === 'string' && sub !== '' && typeof sid === 'string' && sid !== ''
  if (!areTexts || !isNumericDate(iat) || !isNumericDate(exp)) throw new TokenError('token_invalid')
  return { userId: sub, sessionId: sid, issuedAt: new Date(iat * 1000), expiresAt: new Date(exp * 1000) }
}

/** Seconds since 1970 (RFC 7519, section 2) that a Date can hold. */
function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(new Date(value * 1000).getTime())
}
