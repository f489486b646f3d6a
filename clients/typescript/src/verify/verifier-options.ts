import { parseBaseUrl } from '../base-url.ts'
import type { Fetch } from '../transport.ts'

/** What a verifier is made of. */
export interface VerifierOptions {
  /** The server's `PUBLIC_URL`: what `iss` must be. A slash at the end does not matter. */
  readonly issuer: string
  /** The server's `AUDIENCE`: what `aud` must be, or hold; `guestlist` when left out. */
  readonly audience?: string | undefined
  /** Where the public keys are, if not at `/.well-known/jwks.json` below the issuer: an address inside the network. */
  readonly jwksUrl?: string | undefined
  /** Used instead of the global `fetch`, for the keys alone. It should honour `init.signal`, after 5 seconds. */
  readonly fetch?: Fetch | undefined
  /** Used instead of the machine's clock; `now` answers milliseconds since 1970. */
  readonly clock?: { now(): number } | undefined
}

/** The options with every default filled in. @throws TypeError when one cannot be used */
export function readVerifierOptions(options: VerifierOptions) {
  if (typeof options !== 'object' || options === null) throw new TypeError('createVerifier takes { issuer }.')
  const { audience = 'guestlist', clock = { now: () => Date.now() } } = options
  const { fetch = (url: string, init: RequestInit) => globalThis.fetch(url, init) } = options
  const issuer = parseBaseUrl(options.issuer, 'issuer')
  const { jwksUrl = `${issuer}/.well-known/jwks.json` } = options
  if (typeof audience !== 'string' || audience === '') throw new TypeError('audience must be a text that is not empty.')
  if (!isHttpUrl(jwksUrl)) throw new TypeError('jwksUrl must be an absolute http or https URL.')
  if (typeof fetch !== 'function') throw new TypeError('fetch must be a function.')
  if (typeof clock?.now !== 'function') throw new TypeError('clock must have a function now.')
  return { issuer, audience, jwksUrl, fetch, clock }
}

function isHttpUrl(text: string): boolean {
  return typeof text === 'string' && /^https?:\/\//i.test(text) && URL.canParse(text)
}
