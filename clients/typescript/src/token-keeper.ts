import { isToken } from './token.ts'
import type { TokenStorage } from './token-storage.ts'

/**
 * The client's hold on its storage: one operation at a time, so that compare-and-replace is not interleaved,
 * and the last known token at hand for when the storage fails or cannot be awaited.
 */
export class TokenKeeper {
  readonly #storage: TokenStorage
  #known: string | null = null
  // After a failed write the storage holds something outdated: memory alone counts until a write succeeds.
  #detached = false
  #turn: Promise<unknown> = Promise.resolve()

  constructor(storage: TokenStorage, token?: string) {
    this.#storage = storage
    if (token !== undefined) this.write(token)
  }

  /** The token as it was last seen, without waiting. */
  get lastKnown(): string | null {
    return this.#known
  }

  read(): Promise<string | null> {
    return this.#inTurn(() => this.#load())
  }

  write(token: string): Promise<void> {
    return this.#inTurn(() => this.#save(token))
  }

  /** Stores `next` if `matches` says so of what is stored; answers whether it did. */
  replaceIf(matches: (stored: string) => boolean, next: string): Promise<boolean> {
    return this.#saveIf(matches, next)
  }

  /** Forgets the stored token if `matches` says so; answers whether it did. */
  removeIf(matches: (stored: string) => boolean): Promise<boolean> {
    return this.#saveIf(matches, null)
  }

  #saveIf(matches: (stored: string) => boolean, next: string | null): Promise<boolean> {
    return this.#inTurn(async () => {
      const stored = await this.#load()
      if (stored === null || !matches(stored)) return false
      await this.#save(next)
      return true
    })
  }

  async #load(): Promise<string | null> {
    if (this.#detached) return this.#known
    try {
      const stored = await this.#storage.get()
      this.#known = isToken(stored) ? stored : null
    } catch {
      // The last known token stands in.
    }
    return this.#known
  }

  async #save(token: string | null): Promise<void> {
    this.#known = token
    try {
      await (token === null ? this.#storage.remove() : this.#storage.set(token))
      this.#detached = false
    } catch {
      this.#detached = true
    }
  }

  #inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(operation)
    this.#turn = result.catch(() => undefined)
    return result
  }
}
