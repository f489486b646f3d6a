import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Deps } from '../deps.ts'
import { hour } from '../durations.ts'
import { createChores } from './chores.ts'
import type { BatchDone, Chore } from './walk.ts'

/** Half a second of work at the most, with other requests between; the rest is done the next time. */
const mostBatches = 50
const passEveryMs = hour

type HousekeepingDeps = Pick<Deps, 'config' | 'db' | 'isDraining' | 'now'>

/** Clears away what nobody needs any more, in batches so small that no request waits for it. */
export class Housekeeping {
  readonly #deps: HousekeepingDeps
  readonly #chores: readonly Chore[]
  readonly #onBatch: (done: BatchDone) => void
  /** What is left of the present pass. */
  #left: Chore[] = []
  #finishedAt = Number.NEGATIVE_INFINITY
  #running: Promise<void> | undefined

  constructor(deps: HousekeepingDeps, onBatch: (done: BatchDone) => void = () => {}) {
    this.#deps = deps
    this.#chores = createChores(deps)
    this.#onBatch = onBatch
  }

  /** Goes on where it stopped the last time; a pass through everything begins once an hour. Never twice at once. */
  run(): Promise<void> {
    this.#running ??= this.#goOn().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #goOn(): Promise<void> {
    const { now, isDraining } = this.#deps
    if (this.#left.length === 0) {
      // Either way: after a clock that was put back, the last time would lie ahead for long.
      if (Math.abs(now() - this.#finishedAt) < passEveryMs) return
      this.#left = [...this.#chores]
    }
    try {
      for (let count = 0; count < mostBatches && this.#left.length > 0 && !isDraining(); count += 1) {
        await this.#doBatch()
        await nextTurn()
      }
    } finally {
      if (this.#left.length === 0) this.#finishedAt = now()
    }
  }

  /** A chore that fails is left out of this pass: it must not keep the others from being done. */
  async #doBatch(): Promise<void> {
    const [chore, ...others] = this.#left
    this.#left = others
    if (chore === undefined) return
    const done = await chore.doBatch(this.#deps)
    if (!done.isEnd) this.#left = [chore, ...others]
    this.#onBatch(done)
  }
}
