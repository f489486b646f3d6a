import { AuthError } from '../errors.ts'

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
  start: () => void
  timer: NodeJS.Timeout
}

/**
 * Bounds how many password hashes run and wait: scrypt on all of libuv's threads would starve everything else.
 * Beyond the bounds a task is refused with `overloaded` before any work is done.
 */
export class HashQueue {
  readonly #limits: HashQueueLimits
  readonly #waiters = new Set<Waiter>()
  #running = 0
  #refused = 0

  constructor(limits: HashQueueLimits) {
    this.#limits = limits
  }

  /** How many tasks run and wait just now, and how many were refused since the start. */
  get load(): HashLoad {
    return { running: this.#running, waiting: this.#waiters.size, refused: this.#refused }
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limits.running) this.#running += 1
    else await this.#waitForTurn()
    try {
      return await task()
    } finally {
      this.#passTurnOn()
    }
  }

  #waitForTurn(): Promise<void> {
    if (this.#waiters.size >= this.#limits.waiting) throw this.#refuse()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter)
        reject(this.#refuse())
      }, this.#limits.longestWaitMs)
      const waiter: Waiter = { start: resolve, timer }
      this.#waiters.add(waiter)
    })
  }

  #refuse(): AuthError {
    this.#refused += 1
    return new AuthError('overloaded', { retryAfter: 5 })
  }

  // A turn goes straight to the longest waiting, so nobody can slip in between.
  #passTurnOn(): void {
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter)
      clearTimeout(waiter.timer)
      waiter.start()
      return
    }
    this.#running -= 1
  }
}
