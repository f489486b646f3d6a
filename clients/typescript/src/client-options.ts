import { parseBaseUrl } from './base-url.ts'
import { type Clock, systemClock } from './clock.ts'
import { memoryStorage } from './memory-storage.ts'
import { isToken } from './token.ts'
import type { TokenStorage } from './token-storage.ts'
import type { Fetch } from './transport.ts'

/** What a client is made of. */
export interface GuestlistClientOptions {
  /** Where the server is: an absolute http or https URL. A slash at the end does not matter. */
  readonly baseUrl: string
  /** A token to begin with. It replaces the one in `storage`. */
  readonly token?: string | undefined
  /** Used instead of the global `fetch`. It should honour `init.signal`, by which requests time out. */
  readonly fetch?: Fetch | undefined
  /** Where the token is kept; `memoryStorage()` when left out. */
  readonly storage?: TokenStorage | undefined
  /** Milliseconds to wait for an answer, for each request; 30,000 when left out. */
  readonly timeout?: number | undefined
  /**
   * How often a request is sent again that failed for the moment, 0 to 10; 2 when left out. That is every request after
   * 429 and 503, and one that is safe to repeat also when it was not answered.
   */
  readonly maxRetries?: number | undefined
  /** @internal For tests: replaces the timers of presence and retries. */
  readonly clock?: Clock | undefined
}

const MAX_RETRIES = 10
// Beyond this, timers fire at once.
const MAX_TIMEOUT = 2 ** 31 - 1

/** The options with every default filled in. @throws TypeError when one cannot be used */
export function readOptions(options: GuestlistClientOptions) {
  if (typeof options !== 'object' || options === null) throw new TypeError('GuestlistClient takes { baseUrl }.')
  const { token, timeout = 30_000, storage = memoryStorage(), clock = systemClock, maxRetries = 2 } = options
  const { fetch = (url: string, init: RequestInit) => globalThis.fetch(url, init) } = options
  if (token !== undefined && !isToken(token)) throw new TypeError('token must be a token that the server answered.')
  if (typeof fetch !== 'function') throw new TypeError('fetch must be a function.')
  if (!isStorage(storage)) throw new TypeError('storage must have the functions get, set and remove.')
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > MAX_TIMEOUT) {
    throw new TypeError(`timeout must be a whole number of milliseconds from 1 to ${MAX_TIMEOUT}.`)
  }
  if (!Number.isInteger(maxRetries) || maxRetries < 0 || maxRetries > MAX_RETRIES) {
    throw new TypeError(`maxRetries must be a whole number from 0 to ${MAX_RETRIES}.`)
  }
  return { baseUrl: parseBaseUrl(options.baseUrl), token, fetch, storage, timeout, maxRetries, clock }
}

function isStorage(storage: TokenStorage | null): boolean {
  return [storage?.get, storage?.set, storage?.remove].every((member) => typeof member === 'function')
}
