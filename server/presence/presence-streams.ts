import type { Config } from '../config.ts'
import { AuthError } from '../errors.ts'
import type { Presence } from './presence.ts'
import type { PresenceFeed } from './presence-feed.ts'
import { PresenceStream, type Reader } from './presence-stream.ts'

const mostOfUser = 20
const mostInAll = 10_000
/** Changes that come together are written together. */
const gatherMs = 25
/** Streams that are looked after in one turn of the event loop. */
const confirmedAtOnce = 50

export interface StreamsDeps {
  readonly presence: Presence
  readonly feed: PresenceFeed
  readonly now: () => number
  readonly config: Pick<Config, 'presenceTtlMs' | 'tokenTtlMs'>
}

/** The open streams of presence: how many there may be, and what ends them. */
export class PresenceStreams {
  readonly #deps: StreamsDeps
  readonly #streams = new Set<PresenceStream>()
  readonly #countOfUser = new Map<string, number>()
  #gathering: NodeJS.Timeout | undefined
  #isClosing = false

  constructor(deps: StreamsDeps) {
    this.#deps = deps
    deps.feed.onEvent(() => this.#gather())
  }

  get count(): number {
    return this.#streams.size
  }

  /** Opens a stream on a response whose headers are set; throws `rate_limited` or `overloaded` where there are enough. */
  open(reader: Reader): void {
    const { response, presence } = reader
    this.#requireRoom(presence.userId)
    const { config, ...deps } = this.#deps
    const { presenceTtlMs, tokenTtlMs: longestMs } = config
    const stream = new PresenceStream(reader, { ...deps, presenceTtlMs, longestMs })
    // Who comes back and has missed nothing is to know that the stream is open.
    response.flushHeaders()
    this.#streams.add(stream)
    this.#count(presence.userId, 1)
    response.once('close', () => {
      this.#streams.delete(stream)
      this.#count(presence.userId, -1)
    })
    stream.pump()
    // It may have ended while its token was looked at; nobody asks again while the stream is open.
    void closeUnlessConfirmed(stream)
  }

  closeSession(id: string): void {
    this.#closeWhere((stream) => stream.reader.presence.id === id)
  }

  closeUser(userId: string): void {
    if (this.#countOfUser.has(userId)) this.#closeWhere((stream) => stream.reader.presence.userId === userId)
  }

  /** The server stops; it opens no more of them. */
  closeAll(): void {
    this.#isClosing = true
    clearTimeout(this.#gathering)
    this.#closeWhere(() => true)
  }

  beat(): void {
    for (const stream of this.#streams) stream.beat()
  }

  /** Closes the streams of those who may no longer read: another process has changed something. */
  async confirmAll(): Promise<void> {
    const streams = [...this.#streams]
    for (let start = 0; start < streams.length; start += confirmedAtOnce) {
      await Promise.all(streams.slice(start, start + confirmedAtOnce).map(closeUnlessConfirmed))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #requireRoom(userId: string): void {
    if (this.#isClosing || this.#streams.size >= mostInAll) throw new AuthError('overloaded', { retryAfter: 5 })
    if ((this.#countOfUser.get(userId) ?? 0) < mostOfUser) return
    const detail = `You have ${mostOfUser} streams open, which is as many as one may have. Close one first.`
    throw new AuthError('rate_limited', { detail, retryAfter: 5 })
  }

  #closeWhere(isMeant: (stream: PresenceStream) => boolean): void {
    for (const stream of this.#streams) if (isMeant(stream)) stream.close()
  }

  #count(userId: string, change: 1 | -1): void {
    const count = (this.#countOfUser.get(userId) ?? 0) + change
    if (count === 0) this.#countOfUser.delete(userId)
    else this.#countOfUser.set(userId, count)
  }

  #gather(): void {
    if (this.#streams.size === 0 || this.#isClosing) return
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      for (const stream of this.#streams) stream.pump()
    }, gatherMs)
  }
}

async function closeUnlessConfirmed(stream: PresenceStream): Promise<void> {
  try {
    await stream.reader.confirm()
  } catch (error) {
    // Where the database cannot be read just now, nobody is known to have lost anything.
    if (error instanceof AuthError) stream.close()
  }
}
