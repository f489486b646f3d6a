import type { Response } from 'express'
import { second } from '../durations.ts'
import type { Presence, PresenceSession } from './presence.ts'
import type { PresenceFeed } from './presence-feed.ts'

const heartbeatEveryMs = 20 * second
/** Whoever has read nothing for so long is gone, or will never catch up. */
const stuckAfterMs = 30 * second
const snapshotChunk = 500

export interface Reader {
  readonly presence: PresenceSession
  readonly connectionId: string | undefined
  /** Throws when the session or the bot may no longer read. */
  readonly confirm: () => Promise<unknown>
  readonly response: Response
  /** Where the reader left off; undefined begins with a snapshot. */
  readonly lastNumber: number | undefined
}

interface StreamDeps {
  readonly presence: Presence
  readonly feed: PresenceFeed
  readonly now: () => number
  readonly presenceTtlMs: number
  /** After so long the reader shows a token again. */
  readonly longestMs: number
}

/** One open stream. While its reader does not read, nothing is written to it, and what it misses waits in the feed. */
export class PresenceStream {
  readonly reader: Reader
  readonly #deps: StreamDeps
  readonly #openedAt: number
  readonly #seenEveryMs: number
  #number: number
  /** The row behind which the snapshot goes on; undefined once it is told. */
  #snapshotAfter: number | undefined
  #seenAt: number
  #writtenAt: number
  #isBlocked = false

  constructor(reader: Reader, deps: StreamDeps) {
    this.reader = reader
    this.#deps = deps
    this.#number = reader.lastNumber ?? deps.feed.head
    this.#snapshotAfter = reader.lastNumber === undefined ? -1 : undefined
    const now = deps.now()
    this.#openedAt = now
    this.#seenAt = now
    this.#writtenAt = now
    this.#seenEveryMs = Math.min(heartbeatEveryMs, deps.presenceTtlMs / 3)
  }

  /** Writes whatever the reader has room for. One who has missed more than is kept is dropped: it comes back for a snapshot. */
  pump(): void {
    const { response } = this.reader
    if (this.#deps.feed.hasForgotten(this.#number)) return void response.destroy()
    while (!this.#isBlocked && !response.writableEnded && !response.destroyed) {
      const text = this.#snapshotAfter === undefined ? this.#takeChanges() : this.#takeSnapshot(this.#snapshotAfter)
      if (text === '') return
      this.#write(text)
    }
  }

  /** Several times a second: whoever holds a stream open is there, and hears so at times. */
  beat(): void {
    const now = this.#deps.now()
    const isStuck = this.#isBlocked && now - this.#writtenAt >= stuckAfterMs
    if (isStuck) this.reader.response.destroy()
    else if (now - this.#openedAt >= this.#deps.longestMs) this.close()
    if (this.reader.response.writableEnded || isStuck) return
    if (now - this.#seenAt >= this.#seenEveryMs) this.#markSeen(now)
    if (!this.#isBlocked && now - this.#writtenAt >= heartbeatEveryMs) this.#write(': still here\n\n')
  }

  close(): void {
    this.reader.response.end()
  }

  #markSeen(now: number): void {
    const { presence, connectionId } = this.reader
    this.#seenAt = now
    this.#deps.presence.mark(presence, connectionId, this.#deps.presence.nextArrival())
  }

  #takeChanges(): string {
    const { feed } = this.#deps
    const text = feed.read(this.#number)
    this.#number = feed.head
    return text
  }

  #takeSnapshot(after: number): string {
    const { userIds, next } = this.#deps.presence.listOnline({ after, limit: snapshotChunk })
    this.#snapshotAfter = next
    // Who breaks off before the last part begins anew: only then there is an id to come back with.
    const id = next === undefined ? `id: ${this.#deps.feed.idOf(this.#number)}\n` : ''
    return `${id}event: snapshot\ndata: ${JSON.stringify({ userIds, hasMore: next !== undefined })}\n\n`
  }

  #write(text: string): void {
    const { response } = this.reader
    this.#writtenAt = this.#deps.now()
    if (response.write(text)) return
    this.#isBlocked = true
    response.once('drain', () => {
      this.#isBlocked = false
      this.pump()
    })
  }
}
