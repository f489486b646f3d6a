/** Sessions remembered at once; of one forgotten, a stale token is answered once more before it counts as stolen. */
const capacity = 250_000

/**
 * Remembers the highest generation of which each session has presented a token. In memory only: after a restart a
 * thief's refresh moves the session on, and the owner's next one uncovers it.
 */
export class GenerationUse {
  readonly #generations = new Map<string, number>()

  note(sessionId: string, generation: number): void {
    if (this.isUsed(sessionId, generation)) return
    this.#generations.delete(sessionId)
    this.#generations.set(sessionId, generation)
    if (this.#generations.size <= capacity) return
    for (const oldest of this.#generations.keys()) {
      this.#generations.delete(oldest)
      return
    }
  }

  isUsed(sessionId: string, generation: number): boolean {
    return (this.#generations.get(sessionId) ?? 0) >= generation
  }

  forget(sessionId: string): void {
    this.#generations.delete(sessionId)
  }
}
