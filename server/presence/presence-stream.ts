import type { Response } from 'express'
import { second } from '../durations.ts'
import type { Networks } from '../http/networks.ts'
import type { Presence, PresenceSession } from './presence.ts'
import type { PresenceFeed } from './presence-feed.ts'

const heartbeatEveryMs = 20 * second
/** Whoever has read nothing for so long is gone, or will never catch up. */
const stuckAfterMs = 30 * second
const snapshotChunk = 500

export interface Reader {
  readonly presence: PresenceSession
  readonly connectionId: string | undefined
  /** Where it reads from. */
  readonly networks: Networks
  /** When the session or the bot's token is over; undefined: never. */
  readonly expiresAt: number | undefined
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
  /** 0 to 1, another for each stream: those that were opened together do not all do everything at the same time. */
  readonly spread: number
}

/** One open stream. While its reader does not read, nothing is written to it, and what it misses waits in the feed. */
export class PresenceStream {
  readonly reader: Reader
  readonly #deps: StreamDeps
  readonly #openedAt: number
  readonly #longestMs: number
  readonly #heartbeatMs: number
  readonly #seenEveryMs: number
  #number: number
  /** The row behind which the snapshot goes on; undefined once it is told. */
  #snapshotAfter: number | undefined
  #seenAt: number
  #writtenAt: number
  /** Since when the reader has taken nothing of what waits for it. */
  #stuckSince: number | undefined
  #isBlocked = false
  #isAway = false

  constructor(reader: Reader, deps: StreamDeps) {
    this.reader = reader
    this.#deps = deps
    this.#number = reader.lastNumber ?? deps.feed.head
    this.#snapshotAfter = reader.lastNumber === undefined ? -1 : undefined
    const now = deps.now()
    this.#openedAt = now
    this.#seenAt = now
    this.#writtenAt = now
    this.#longestMs = deps.longestMs * (1 - deps.spread / 20)
    this.#heartbeatMs = heartbeatEveryMs * (1 - deps.spread / 4)
    this.#seenEveryMs = Math.min(heartbeatEveryMs, deps.presenceTtlMs / 3)
  }

  /** Writes whatever the reader has room for. One who has missed more than is kept is dropped: it comes back for a snapshot. */
  pump(): void {
    const { response } = this.reader
    for (;;) {
      if (this.#deps.feed.hasForgotten(this.#number)) return void response.destroy()
      if (this.#isBlocked || response.writableEnded || response.destroyed) return
      const text = this.#snapshotAfter === undefined ? this.#takeChanges() : this.#takeSnapshot(this.#snapshotAfter)
      if (text === '') return
      this.#write(text)
    }
  }

  /** Several times a second: whoever holds a stream open is there, and hears so at times. */
  beat(): void {
    const now = this.#deps.now()
    // Either way: after a clock that was put back, these times would lie ahead for long.
    const since = (time: number): number => Math.abs(now - time)
    const { expiresAt = Number.POSITIVE_INFINITY, response } = this.reader
    if (this.#stuckSince !== undefined && since(this.#stuckSince) >= stuckAfterMs) return void response.destroy()
    if (response.writableEnded) return
    if (since(this.#openedAt) >= this.#longestMs || now >= expiresAt) return void this.close()
    if (!this.#isAway && since(this.#seenAt) >= this.#seenEveryMs) this.#markSeen(now)
    if (!this.#isBlocked && since(this.#writtenAt) >= this.#heartbeatMs) this.#write(': still here\n\n')
  }

  /** Ends the stream; a reader who does not take the end either is cut off in the end. */
  close(): void {
    this.#stuckSince ??= this.#deps.now()
    this.reader.response.end()
  }

  /** The reader has said farewell: that the stream is open does not count until it is opened again. */
  setAway(): void {
    this.#isAway = true
  }

  #markSeen(now: number): void {
    const { presence, connectionId } = this.reader
    this.#seenAt = now
    this.#deps.presence.mark(presence, connectionId, this.#deps.presence.nextArrival())
  }

  #takeChanges(): string {
    const { text, number } = this.#deps.feed.read(this.#number)
    this.#number = number
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
    this.#stuckSince = this.#writtenAt
    response.once('drain', () => {
      this.#isBlocked = false
      if (!response.writableEnded) this.#stuckSince = undefined
      this.pump()
    })
  }
}
