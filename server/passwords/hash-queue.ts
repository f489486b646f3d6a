import { AuthError } from '../errors.ts'
import { FairLine, unknownVisitor, type Visitor } from '../http/fair-line.ts'

interface HashQueueLimits {
  /** Tasks that run at once. */
  readonly running: number
  readonly waiting: number
  readonly longestWaitMs: number
}

export interface HashLoad {
  readonly running: number
  readonly waiting: number
  readonly refused: number
}

interface Waiter {
  readonly visitor: Visitor
  start(): void
  refuse(): void
}

/**
 * Bounds how many password hashes run and wait: scrypt on all of libuv's threads would starve everything else.
 * Beyond the bounds a task is refused with `overloaded` before any work is done: that of the network with most waiting.
 */
export class HashQueue {
  readonly #limits: HashQueueLimits
  readonly #line: FairLine<Waiter>
  #running = 0
  #refused = 0

  constructor(limits: HashQueueLimits) {
    this.#limits = limits
    this.#line = new FairLine(limits.waiting)
  }

  /** How many tasks run and wait just now, and how many were refused since the start. */
  get load(): HashLoad {
    return { running: this.#running, waiting: this.#line.size, refused: this.#refused }
  }

  /** @param visitor for whom: those without one share the turns of one network */
  async run<T>(task: () => Promise<T>, visitor: Visitor = unknownVisitor): Promise<T> {
    if (this.#running < this.#limits.running) {
      this.#running += 1
      this.#line.countTurn(visitor)
    } else await this.#waitForTurn(visitor)
    try {
      return await task()
    } finally {
      this.#passTurnOn()
    }
  }

  #waitForTurn(visitor: Visitor): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (): void => {
        clearTimeout(timer)
        this.#refused += 1
        reject(new AuthError('overloaded', { retryAfter: 5 }))
      }
      const timer = setTimeout(() => {
        this.#line.leave(waiter)
        refuse()
      }, this.#limits.longestWaitMs)
      const start = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const waiter: Waiter = { visitor, start, refuse }
      this.#line.join(waiter)?.refuse()
    })
  }

  // A turn goes straight to who waits, so nobody can slip in between.
  #passTurnOn(): void {
    const next = this.#line.takeNext()
    if (next === undefined) this.#running -= 1
    else next.start()
  }
}
