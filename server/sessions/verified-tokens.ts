import type { TokenClaims } from './tokens.ts'

/** What is remembered at once; the oldest entry makes room. */
const capacity = 20_000
/** The end of a token is the end of its signature: enough to find it by, and quicker to hash than all of it. */
const keyLength = 32

export interface VerifiedToken {
  readonly token: string
  readonly claims: TokenClaims
  /** The id of the key that signed it. */
  readonly keyId: string
}

/**
 * Tokens whose signature was checked, or made here: checking it once more would find the same. Whether one is fresh,
 * its session alive and its key still ours is asked each time; it says nothing of that.
 */
export class VerifiedTokens {
  readonly #tokens = new Map<string, VerifiedToken>()

  find(token: string): VerifiedToken | undefined {
    const known = this.#tokens.get(token.slice(-keyLength))
    return known?.token === token ? known : undefined
  }

  keep(verified: VerifiedToken): void {
    this.#tokens.set(verified.token.slice(-keyLength), verified)
    if (this.#tokens.size <= capacity) return
    for (const oldest of this.#tokens.keys()) {
      this.#tokens.delete(oldest)
      return
    }
  }
}
