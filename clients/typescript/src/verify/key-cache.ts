import { errors, type JWTVerifyGetKey } from 'jose'
import type { KeySet } from './fetch-key-set.ts'
import { KeysUnavailableError } from './keys-unavailable-error.ts'
import { TokenError } from './token-error.ts'

/** Kept without asking for as long as the server says (Cache-Control): a key is published twice as long before it signs. */
const FRESH = 300_000
/** Used for so long when they cannot be fetched anew, so that the application outlives an outage of the server. */
const USABLE = 3_600_000
/** Between two fetches, so that made-up key ids cannot turn the application against the server. */
const COOL_DOWN = 30_000
/** The same while there are no keys to go on with. */
const COOL_DOWN_WITHOUT_KEYS = 1_000

type Find = JWTVerifyGetKey
type Header = Parameters<Find>[0]

const isLowS = (key: object): boolean => (key as { readonly low_s?: unknown }).low_s === true

/**
 * The issuer's public keys, fetched when they are first needed, when they are old, and once when a token names a key
 * that is not among them; all who wait at the same time share one fetch.
 *
 * jose's own remote set has no pause after a failed fetch, keeps no old keys through an outage, and no clock to move.
 */
export class KeyCache {
  readonly #fetch: () => Promise<KeySet>
  readonly #now: () => number
  #keys: { readonly set: KeySet; readonly lowS: ReadonlySet<unknown>; readonly fetchedAt: number } | undefined
  #failure: { readonly at: number; readonly cause: unknown } | undefined
  #underway: Promise<void> | undefined

  constructor(fetch: () => Promise<KeySet>, now: () => number) {
    this.#fetch = fetch
    this.#now = now
  }

  /** @throws TokenError when the issuer has no such key, KeysUnavailableError when that cannot be found out */
  async find(header: Header, input: Parameters<Find>[1]): ReturnType<KeySet> {
    await this.#fetchWhenOlderThan(FRESH)
    const known = await this.#lookUp(header, input)
    if (known !== undefined) return known
    await this.#fetchWhenOlderThan(COOL_DOWN)
    const fetched = await this.#lookUp(header, input)
    if (fetched !== undefined) return fetched
    if (this.#failure !== undefined) throw this.#unavailable(this.#failure.cause)
    throw new TokenError('token_invalid')
  }

  /** Whether the issuer says of a key that it has signed with the lower s only (the member `low_s` of its JWK). */
  signsLowS(kid: string): boolean {
    return this.#keys?.lowS.has(kid) ?? false
  }

  async #lookUp(header: Header, input: Parameters<Find>[1]): Promise<Awaited<ReturnType<KeySet>> | undefined> {
    if (!this.#hasUsableKeys()) return undefined
    try {
      return await this.#keys?.set(header, input)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined
      throw this.#unavailable(error)
    }
  }

  async #fetchWhenOlderThan(age: number): Promise<void> {
    if (this.#keys !== undefined && this.#ageOf(this.#keys.fetchedAt) < age) return
    if (this.#pauseLeft() > 0) return
    this.#underway ??= this.#fetchNow().finally(() => {
      this.#underway = undefined
    })
    await this.#underway
  }

  async #fetchNow(): Promise<void> {
    try {
      const set = await this.#fetch()
      this.#keys = {
        set,
        lowS: new Set(
          set
            .jwks()
            .keys.filter(isLowS)
            .map(({ kid }) => kid),
        ),
        fetchedAt: this.#now(),
      }
      this.#failure = undefined
    } catch (cause) {
      this.#failure = { at: this.#now(), cause }
    }
  }

  #hasUsableKeys(): boolean {
    return this.#keys !== undefined && this.#ageOf(this.#keys.fetchedAt) <= USABLE
  }

  /** Milliseconds until a fetch may follow the one that failed. */
  #pauseLeft(): number {
    if (this.#failure === undefined) return 0
    const pause = this.#hasUsableKeys() ? COOL_DOWN : COOL_DOWN_WITHOUT_KEYS
    return pause - this.#ageOf(this.#failure.at)
  }

  /** A clock that was put back must not keep anything for long. */
  #ageOf(moment: number): number {
    const age = this.#now() - moment
    return age >= 0 ? age : Number.POSITIVE_INFINITY
  }

  #unavailable(cause: unknown): KeysUnavailableError {
    return new KeysUnavailableError(Math.max(1, Math.ceil(this.#pauseLeft() / 1000)), { cause })
  }
}
