import { answerRefusal } from './answer-refusal.ts'
import { KeysUnavailableError } from './keys-unavailable-error.ts'
import { TokenError } from './token-error.ts'
import type { VerifiedToken, Verifier } from './verifier.ts'

/** The part of Express's request that is read; Node's own has it too. */
export interface BearerRequest {
  readonly headers: { readonly authorization?: string | undefined }
}

/** The part of Express's response that is used; Node's own has it too. */
export interface BearerResponse {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(body: string): unknown
}

/** Middleware of Express 4 and 5. */
export type TokenMiddleware = (
  request: BearerRequest,
  response: BearerResponse,
  next: (error?: unknown) => void,
) => Promise<void>

const verified = new WeakMap<BearerRequest, VerifiedToken>()

/**
 * Lets a request pass whose `Authorization: Bearer` header (RFC 6750, section 2.1) holds a good token, which the
 * handlers after it read by `getVerifiedToken(request)`. Every other it answers itself, with problem details: 401 with a
 * challenge, or 503 with `Retry-After` while the keys cannot be fetched.
 */
export function requireToken(verifier: Verifier): TokenMiddleware {
  return async (request, response, next) => {
    try {
      verified.set(request, await verifier.verify(readBearer(request)))
    } catch (error) {
      if (!(error instanceof TokenError || error instanceof KeysUnavailableError)) return next(error)
      return answerRefusal(response, error)
    }
    next()
  }
}

/**
 * The token that `requireToken` verified for this request.
 *
 * @throws Error when it has not: the route is missing its middleware
 */
export function getVerifiedToken(request: BearerRequest): VerifiedToken {
  const token = verified.get(request)
  if (token === undefined) throw new Error('This request has passed no requireToken().')
  return token
}

/** Another scheme than Bearer counts as no token, as it does to the server. */
function readBearer({ headers }: BearerRequest): string | undefined {
  return /^Bearer +([^ ]+) *$/i.exec(headers.authorization ?? '')?.[1]
}
