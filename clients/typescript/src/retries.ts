import { backOff } from './back-off.ts'
import type { Clock } from './clock.ts'
import { GuestlistError } from './guestlist-error.ts'
import type { ApiRequest, Send } from './transport.ts'

// Seconds. Whoever is asked to wait for longer can tell a person so, and better than a client that hangs.
const LONGEST_RETRY_AFTER = 10
// Milliseconds.
const LONGEST_PAUSE = 2_000

/** By which the server itself says that it has done nothing. */
const UNDONE = new Set<string>(['rate_limited', 'overloaded', 'database_unavailable'])
const UNANSWERED = new Set<string>(['network_error', 'timeout'])

/**
 * Sends a request again that failed for the moment, at most `maxRetries` times. When the server itself says 429 or 503
 * it has done nothing, so that is safe for each; after an answer that was lost, a proxy's 503, 502 and 504, only where
 * being done twice is.
 */
export function withRetries(send: Send, { clock, maxRetries }: { clock: Clock; maxRetries: number }): Send {
  return async (request, token) => {
    for (let retries = 0; ; retries += 1) {
      try {
        return await send(request, token)
      } catch (error) {
        const pause = retries < maxRetries ? pauseAfter(error, request, retries) : undefined
        if (pause === undefined) throw error
        await new Promise<void>((resolve) => clock.setTimeout(resolve, pause))
      }
    }
  }
}

/** Milliseconds until the request may be sent again; `undefined` when it may not. */
function pauseAfter(error: unknown, request: ApiRequest, retries: number): number | undefined {
  if (!(error instanceof GuestlistError)) return undefined
  const { retry = request.method === 'GET' ? 'when unanswered' : 'when undone' } = request
  const { code, status, retryAfter } = error
  if (status === 429 || status === 503) {
    // What stands in between may say so of a request that it lost.
    const mayRepeat = UNDONE.has(code) || retry === 'when unanswered'
    if (retry === 'never' || !mayRepeat) return undefined
    if (retryAfter === undefined) return backOff(retries, LONGEST_PAUSE)
    return retryAfter <= LONGEST_RETRY_AFTER ? retryAfter * 1000 : undefined
  }
  const isUnanswered = UNANSWERED.has(code) || status === 502 || status === 504
  return isUnanswered && retry === 'when unanswered' ? backOff(retries, LONGEST_PAUSE) : undefined
}
