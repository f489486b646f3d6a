import type { PresenceEvent } from './answers.ts'
import { backOff } from './back-off.ts'
import type { Clock } from './clock.ts'
import { EventStreamParser } from './event-stream.ts'
import { GuestlistError } from './guestlist-error.ts'
import { PresenceEvents } from './presence-events.ts'

// Milliseconds. The server lets itself be heard every 20 seconds.
const LONGEST_SILENCE = 60_000
const LONGEST_PAUSE = 30_000
/** A stream that went on for so long was a good one: what ended it is no reason to wait. */
const STEADY = 10_000
// Beyond this, timers fire at once.
const LONGEST_TIMER = 2 ** 31 - 1

export interface PresenceWatchOptions {
  readonly clock: Clock
  /** Opens the stream behind an event; aborting `closing` ends it. */
  readonly open: (lastEventId: string, closing: AbortController) => Promise<ReadableStream<Uint8Array>>
  /** Each of them ends the watch. */
  readonly signals: readonly AbortSignal[]
}

/** The events of presence, over as many streams one after another as it takes. Nothing is read that nobody asks for. */
export class PresenceWatch implements AsyncIterableIterator<PresenceEvent> {
  readonly #options: PresenceWatchOptions
  readonly #events: AsyncGenerator<PresenceEvent, void, undefined>
  #isOver = false
  /** Closes the stream that is open, or about to be. */
  #close = () => {}
  /** Ends the wait for what is under way. */
  #stopWaiting = () => {}
  #lastEventId = ''
  /** How many streams in a row did not come about, or not go on for long. */
  #failures = 0
  /** Milliseconds that the server wants there to be between two streams. */
  #leastPause = 0

  constructor(options: PresenceWatchOptions) {
    this.#options = options
    this.#events = this.#watch()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<PresenceEvent, void>> {
    return this.#events.next()
  }

  /** Ends it at once, also while somebody waits for the next event: a generator by itself would wait along. */
  return(): Promise<IteratorResult<PresenceEvent, void>> {
    this.#end()
    return this.#events.return()
  }

  readonly #end = (): void => {
    this.#isOver = true
    this.#close()
    this.#stopWaiting()
  }

  async *#watch(): AsyncGenerator<PresenceEvent, void, undefined> {
    const { signals } = this.#options
    for (const signal of signals) signal.addEventListener('abort', this.#end)
    if (signals.some(({ aborted }) => aborted)) this.#end()
    try {
      while (!this.#isOver) {
        let retryAfter: number | undefined
        try {
          yield* this.#readOneStream()
        } catch (error) {
          if (this.#isOver) return
          if (!isForTheMoment(error)) throw error
          retryAfter = error.retryAfter
        }
        await this.#pause(retryAfter)
      }
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', this.#end)
    }
  }

  async *#readOneStream(): AsyncGenerator<PresenceEvent, void, undefined> {
    const { clock, open } = this.#options
    const closing = new AbortController()
    this.#close = () => closing.abort()
    const stream = await this.#unlessOver(open(this.#lastEventId, closing))
    if (stream === undefined) return
    const [reader, openedAt] = [stream.getReader(), clock.now()]
    this.#close = () => {
      closing.abort()
      // A fetch that does not honour its signal stops here.
      reader.cancel().catch(() => undefined)
    }
    try {
      yield* this.#readEvents(reader)
    } finally {
      this.#close()
    }
    if (clock.now() - openedAt >= STEADY) this.#failures = 0
  }

  async *#readEvents(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<PresenceEvent, void, undefined> {
    const [parser, events] = [new EventStreamParser(this.#lastEventId), new PresenceEvents()]
    for (;;) {
      const piece = await this.#readPiece(reader)
      if (piece === undefined) return
      for (const told of parser.push(piece)) {
        if (this.#isOver) return
        const event = events.read(told)
        if (event !== undefined) yield event
      }
      this.#lastEventId = parser.lastEventId
      this.#leastPause = Math.min(parser.retry ?? this.#leastPause, LONGEST_PAUSE)
    }
  }

  /** `undefined` when the stream has ended, broken off, or was silent for too long. */
  async #readPiece(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
    const { clock } = this.#options
    const timer = clock.setTimeout(this.#close, LONGEST_SILENCE)
    const read = await this.#unlessOver(reader.read().catch(() => undefined))
    clock.clearTimeout(timer)
    return read?.value
  }

  async #pause(retryAfter: number | undefined): Promise<void> {
    const { clock } = this.#options
    const least = Math.max(this.#leastPause, (retryAfter ?? 0) * 1000)
    const pause = Math.max(least, Math.min(LONGEST_PAUSE, least + backOff(this.#failures, LONGEST_PAUSE)))
    this.#failures += 1
    let timer: unknown
    const waited = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, Math.min(pause, LONGEST_TIMER))
    })
    await this.#unlessOver(waited)
    clock.clearTimeout(timer)
  }

  #unlessOver<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#stopWaiting = () => resolve(undefined)
      if (this.#isOver) this.#stopWaiting()
      work.then(resolve, reject)
    })
  }
}

/** Whether there may be a stream later: the server, or the way to it, is in trouble. */
function isForTheMoment(error: unknown): error is GuestlistError {
  if (!(error instanceof GuestlistError)) return false
  return error.status === 429 || error.status >= 500 || ['network_error', 'timeout'].includes(error.code)
}
