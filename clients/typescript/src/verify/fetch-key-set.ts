import { createLocalJWKSet } from 'jose'
import type { Fetch } from '../transport.ts'

/** Finds the key of a token among those that were fetched (RFC 7515, section 4.1.4). */
export type KeySet = ReturnType<typeof createLocalJWKSet>

const TIMEOUT = 5_000
// Room for hundreds of keys: who answers more than this is not the issuer.
const MAX_LENGTH = 65_536

/** Fetches a JSON Web Key Set (RFC 7517, section 5). Rejects when there is no usable one within 5 seconds. */
export async function fetchKeySet(fetch: Fetch, url: string): Promise<KeySet> {
  const response = await fetch(url, {
    headers: { Accept: 'application/jwk-set+json, application/json' },
    // The keys decide who is let in: they come from the address that was named, and from no other.
    redirect: 'error',
    credentials: 'omit',
    signal: AbortSignal.timeout(TIMEOUT),
  })
  if (response.status !== 200) throw new Error(`The keys were answered with status ${response.status}.`)
  const text = await response.text()
  if (text.length > MAX_LENGTH) throw new Error(`The keys are longer than ${MAX_LENGTH} characters.`)
  return createLocalJWKSet(JSON.parse(text))
}
