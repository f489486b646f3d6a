import type { Clock } from './clock.ts'
import { listenToPage } from './page-events.ts'

// The server takes a connection for gone 60 seconds after its last request.
const INTERVAL = 30_000

export interface PresenceBeatOptions {
  readonly clock: Clock
  /** Makes a request that marks this connection online. */
  readonly markOnline: () => Promise<unknown>
  /** Tells the server, without waiting, that the page is gone. */
  readonly sayGoodbye: () => void
}

/** Keeps a connection online for as long as somebody who started it has not stopped it. */
export class PresenceBeat {
  readonly #options: PresenceBeatOptions
  readonly #holders = new Set<object>()
  #timer: unknown
  #beganAt = 0
  #underway = 0
  #stopListening = () => {}

  constructor(options: PresenceBeatOptions) {
    this.#options = options
  }

  start(): () => void {
    const holder = {}
    this.#holders.add(holder)
    if (this.#holders.size === 1) this.#begin()
    return () => {
      if (this.#holders.delete(holder) && this.#holders.size === 0) this.#halt()
    }
  }

  /** Stops it for everybody. */
  end(): void {
    this.#holders.clear()
    this.#halt()
  }

  #begin(): void {
    this.#stopListening = listenToPage({
      onHide: this.#options.sayGoodbye,
      onReturn: () => this.#beat(),
      onVisible: () => this.#options.clock.now() - this.#beganAt >= INTERVAL && this.#beat(this.#underway === 0),
    })
    this.#beat()
  }

  #halt(): void {
    this.#stopListening()
    this.#options.clock.clearTimeout(this.#timer)
  }

  #beat(send = true): void {
    const { clock } = this.#options
    clock.clearTimeout(this.#timer)
    this.#timer = clock.setTimeout(() => this.#beat(this.#underway === 0), INTERVAL)
    letProcessEnd(this.#timer)
    this.#beganAt = clock.now()
    // Requests to a server that does not answer must not pile up.
    if (send) this.#markOnline()
  }

  async #markOnline(): Promise<void> {
    this.#underway += 1
    await this.#options.markOnline().catch(() => undefined)
    this.#underway -= 1
  }
}

/** Node's timers hold the process open unless told otherwise; a browser's are numbers. */
function letProcessEnd(timer: unknown): void {
  if (typeof timer === 'object') (timer as { unref?: () => void } | null)?.unref?.()
}
