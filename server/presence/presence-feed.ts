import type { Presence } from './presence.ts'
import type { PresenceChange } from './presence-changes.ts'

/** Changes that are read at once: what a connection has room for, and not megabytes for one who was away. */
const readAtOnce = 100

/** Changes that a reader who comes back can still be told; whoever missed more begins with a snapshot again. */
const keptChanges = 10_000

export interface FeedPart {
  /** Empty when there is nothing more. */
  readonly text: string
  readonly number: number
}

/**
 * The changes of presence as server-sent events (HTML living standard, section 9.2), kept once for all readers: each
 * reader holds a number only, so a slow one costs no memory here.
 */
export class PresenceFeed {
  readonly #epoch: string
  readonly #events: string[] = []
  readonly #kept: number
  readonly #listeners = new Set<() => void>()
  #head = 0
  #lastRead: { readonly after: number; readonly head: number; readonly part: FeedPart } | undefined

  /** @param epoch tells the numbers of this process from those of another one; no id of before a restart is taken up */
  constructor(presence: Presence, epoch: string, kept = keptChanges) {
    this.#epoch = epoch
    this.#kept = kept
    presence.onChange((change) => this.#append(change))
  }

  /** The number of the newest change. */
  get head(): number {
    return this.#head
  }

  /** Whether some of the changes behind that number are gone. */
  hasForgotten(after: number): boolean {
    return after < this.#head - this.#events.length
  }

  /** The next changes behind that number, not all of them at once, and the number that they lead to. */
  read(after: number): FeedPart {
    // Most readers stand at the same place.
    if (this.#lastRead?.after !== after || this.#lastRead.head !== this.#head) {
      const number = Math.min(this.#head, after + readAtOnce)
      this.#lastRead = { after, head: this.#head, part: { text: this.#join(after, number), number } }
    }
    return this.#lastRead.part
  }

  /** What `id:` says of a change, and what comes back as `Last-Event-ID`. */
  idOf(number: number): string {
    return `${this.#epoch}-${number}`
  }

  /** The number behind which a reader goes on; undefined for an id that was never given, or too long ago. */
  parseId(id: string | undefined): number | undefined {
    const [, epoch, digits] = /^([0-9a-f]+)-(\d{1,15})$/.exec(id ?? '') ?? []
    const number = Number(digits)
    const isKnown = epoch === this.#epoch && number <= this.#head && !this.hasForgotten(number)
    return isKnown ? number : undefined
  }

  onEvent(listener: () => void): void {
    this.#listeners.add(listener)
  }

  #append({ userId, isOnline, at }: PresenceChange): void {
    const event = isOnline ? 'online' : 'offline'
    const data = JSON.stringify({ userId, at: new Date(at).toISOString() })
    this.#head += 1
    const text = `id: ${this.idOf(this.#head)}\nevent: ${event}\ndata: ${data}\n\n`
    if (this.#events.length < this.#kept) this.#events.push(text)
    else this.#events[(this.#head - 1) % this.#kept] = text
    for (const listener of this.#listeners) listener()
  }

  #join(after: number, last: number): string {
    let text = ''
    for (let number = after + 1; number <= last; number += 1) text += this.#events[(number - 1) % this.#kept]
    return text
  }
}
