import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { minute } from '../durations.ts'
import { AuthError } from '../errors.ts'
import { FairShare } from '../http/fair-share.ts'
import type { Networks } from '../http/networks.ts'
import type { Presence, PresenceSession } from './presence.ts'
import type { PresenceFeed } from './presence-feed.ts'
import { PresenceStream, type Reader } from './presence-stream.ts'

const mostOfUser = 20
const usualMost = 10_000
/** Changes that come together are written together; the more readers there are, the more of them. */
const leastGatherMs = 25
/** A reader who is gone without a word counts as online for no longer than this. */
const longestMs = 5 * minute
/** Streams that are looked after in one turn of the event loop. */
const confirmedAtOnce = 50
const pumpedAtOnce = 200

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
  readonly #share: FairShare
  #gathering: NodeJS.Timeout | undefined
  #opened = 0
  #isClosing = false

  /** @param most how many there may be in all */
  constructor(deps: StreamsDeps, most = usualMost) {
    this.#share = new FairShare(most)
    this.#deps = deps
    deps.feed.onEvent(() => this.#gather())
  }

  get count(): number {
    return this.#streams.size
  }

  /** Opens a stream on a response whose headers are set; throws `rate_limited` or `overloaded` where there are enough. */
  open(reader: Reader): void {
    const { response, presence, networks } = reader
    this.#requireRoom(presence.userId)
    // Gone while its token was looked at: that it closes would not be told any more.
    if (response.destroyed) return
    this.#takeShare(networks)
    const { config, ...deps } = this.#deps
    const { presenceTtlMs, tokenTtlMs } = config
    this.#opened += 1
    const stream = new PresenceStream(reader, {
      ...deps,
      presenceTtlMs,
      longestMs: Math.min(longestMs, tokenTtlMs),
      // Multiples of the golden ratio lie apart, however many there are.
      spread: (this.#opened * 0.618_033_988_75) % 1,
    })
    // Who comes back and has missed nothing is to know that the stream is open.
    response.flushHeaders()
    this.#streams.add(stream)
    this.#count(presence.userId, 1)
    response.once('close', () => {
      this.#streams.delete(stream)
      this.#count(presence.userId, -1)
      this.#share.giveBack(networks)
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

  /** A connection, or without a name the whole session, has said farewell. */
  setAway(session: PresenceSession, connectionId: string | undefined): void {
    for (const stream of this.#streams) {
      const { presence, connectionId: ofStream } = stream.reader
      if (presence.id === session.id && (connectionId === undefined || connectionId === ofStream)) stream.setAway()
    }
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

  /** Closes the streams of those who may no longer read. False when that could not be said of some just now. */
  async confirmAll(): Promise<boolean> {
    const streams = [...this.#streams]
    let areConfirmed = true
    for (let start = 0; start < streams.length; start += confirmedAtOnce) {
      const confirmed = await Promise.all(streams.slice(start, start + confirmedAtOnce).map(closeUnlessConfirmed))
      areConfirmed &&= confirmed.every((isConfirmed) => isConfirmed)
      await nextTurn()
    }
    return areConfirmed
  }

  #requireRoom(userId: string): void {
    if (this.#isClosing || this.#share.isFull) throw new AuthError('overloaded', { retryAfter: 5 })
    if ((this.#countOfUser.get(userId) ?? 0) < mostOfUser) return
    const detail = `You have ${mostOfUser} streams open, which is as many as one may have. Close one first.`
    throw new AuthError('rate_limited', { detail, retryAfter: 5 })
  }

  #takeShare(networks: Networks): void {
    if (this.#share.tryTake(networks)) return
    const detail = 'Your network has as many streams open as it may while so many are. Close one, or try again later.'
    throw new AuthError('overloaded', { detail, retryAfter: 5 })
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
    this.#gathering ??= setTimeout(() => void this.#pumpAll(), Math.max(leastGatherMs, this.#streams.size / 10))
  }

  async #pumpAll(): Promise<void> {
    // What comes from now on is gathered anew.
    this.#gathering = undefined
    let pumped = 0
    for (const stream of [...this.#streams]) {
      stream.pump()
      pumped += 1
      if (pumped % pumpedAtOnce === 0) await nextTurn()
    }
  }
}

/** False where the database could not be read: nobody is known to have lost anything by that. */
async function closeUnlessConfirmed(stream: PresenceStream): Promise<boolean> {
  try {
    await stream.reader.confirm()
  } catch (error) {
    if (!(error instanceof AuthError)) return false
    stream.close()
  }
  return true
}
