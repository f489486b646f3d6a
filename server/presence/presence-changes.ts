/** A user came online or went offline. */
export interface PresenceChange {
  readonly userId: string
  readonly isOnline: boolean
  /** When they were last seen, in milliseconds since the epoch: for one who came, the request that brought them. */
  readonly at: number
}

export type PresenceListener = (change: PresenceChange) => void

/** Changes wait here until presence is in order again, so that listeners may call back into it; they are told one by one. */
export class PresenceChanges {
  readonly #listeners = new Set<{ readonly listener: PresenceListener }>()
  readonly #waiting: PresenceChange[] = []
  #isTelling = false

  get hasListeners(): boolean {
    return this.#listeners.size > 0
  }

  /** Returns what ends the listening. */
  listen(listener: PresenceListener): () => void {
    const entry = { listener }
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  add(change: PresenceChange): void {
    this.#waiting.push(change)
  }

  tell(): void {
    if (this.#isTelling || this.#waiting.length === 0) return
    this.#isTelling = true
    let told = 0
    try {
      // What listeners bring about comes to the end, and is told here too.
      for (const change of this.#waiting) {
        told += 1
        for (const { listener } of this.#listeners) listener(change)
      }
    } finally {
      this.#waiting.splice(0, told)
      this.#isTelling = false
    }
  }
}
