import { KeysUnavailableError } from './keys-unavailable-error.ts'
import type { BearerResponse } from './require-token.ts'
import type { TokenError } from './token-error.ts'

type Refusal = TokenError | KeysUnavailableError

/** What each refusal is answered with. No `detail` holds a quotation mark that a challenge could not carry. */
const refusals: Record<Refusal['code'], readonly [status: number, title: string, detail: string]> = {
  token_missing: [401, 'Token missing', 'Send the token as Authorization: Bearer <token>.'],
  token_invalid: [401, 'Token invalid', 'This is not a token for this service. Sign in again.'],
  token_expired: [401, 'Token expired', 'Exchange this very token for a fresh one, then repeat the request.'],
  keys_unavailable: [503, 'Keys unavailable', 'The token cannot be checked now. Try again as Retry-After says.'],
}

/** Answers with problem details (RFC 9457) that have the members of the server's own errors, bar `requestId`. */
export function answerRefusal(response: BearerResponse, refusal: Refusal): void {
  const { code } = refusal
  const [status, title, detail] = refusals[code]
  response.statusCode = status
  if (refusal instanceof KeysUnavailableError) response.setHeader('Retry-After', String(refusal.retryAfter))
  else response.setHeader('WWW-Authenticate', challengeOf(code, detail))
  response.setHeader('Content-Type', 'application/problem+json')
  response.setHeader('Cache-Control', 'no-store')
  response.end(JSON.stringify({ type: `urn:problem-type:guestlist:${code}`, title, status, detail, code }))
}

/** RFC 6750, section 3: without a token no error code. */
function challengeOf(code: Refusal['code'], detail: string): string {
  const realm = 'Bearer realm="guestlist"'
  return code === 'token_missing' ? realm : `${realm}, error="invalid_token", error_description="${detail}"`
}
