/** What is remembered at once; the oldest entry makes room. */
const capacity = 20_000

/**
 * Remembers whom tokens belong to, so that a request with a known token reads nothing from the database. What it holds
 * is good only until something ends or changes: each rule that does so says `forget…` after its commit, and
 * `OtherProcesses` empties it when another process has written to the data file.
 */
export class IdentityCache<Identity extends { readonly account: { readonly user: { readonly id: string } } }> {
  readonly #identities = new Map<string, Identity>()
  readonly #keysOfUser = new Map<string, Set<string>>()
  /** Counts what was forgotten: an answer that was read before must not be kept after. */
  #changes = 0

  find(key: string): Identity | undefined {
    return this.#identities.get(key)
  }

  /** What `read` finds, kept unless something was forgotten while it was reading. */
  async load(key: string, read: () => Promise<Identity | undefined>): Promise<Identity | undefined> {
    const changes = this.#changes
    const identity = await read()
    if (changes !== this.#changes) return identity
    this.#drop(key)
    if (identity !== undefined) this.#keep(key, identity)
    return identity
  }

  forget(key: string): void {
    this.#changes += 1
    this.#drop(key)
  }

  forgetUser(userId: string): void {
    this.#changes += 1
    for (const key of [...(this.#keysOfUser.get(userId) ?? [])]) this.#drop(key)
  }

  clear(): void {
    this.#changes += 1
    this.#identities.clear()
    this.#keysOfUser.clear()
  }

  #keep(key: string, identity: Identity): void {
    this.#identities.set(key, identity)
    const userId = identity.account.user.id
    const keys = this.#keysOfUser.get(userId) ?? new Set()
    keys.add(key)
    this.#keysOfUser.set(userId, keys)
    if (this.#identities.size <= capacity) return
    for (const oldest of this.#identities.keys()) {
      this.#drop(oldest)
      return
    }
  }

  #drop(key: string): void {
    const userId = this.#identities.get(key)?.account.user.id
    if (userId === undefined) return
    this.#identities.delete(key)
    const keys = this.#keysOfUser.get(userId)
    keys?.delete(key)
    if (keys?.size === 0) this.#keysOfUser.delete(userId)
  }
}
