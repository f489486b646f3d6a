import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../../db/schema.ts'
import { second } from '../durations.ts'
import type { Readiness } from './readiness.ts'

/** What the last write told holds for so long; a failure for less, so that the end of it shows soon. */
const goodForMs = 5 * second
const badForMs = second
/** Another process may hold the lock for longer, and that is no failure yet. */
const longestWaitMs = second

interface ProbeDeps {
  readonly now: () => number
  readonly readiness: Readiness
}

/**
 * Whether the data file can be written, as each write of the server tells it. When none has told lately, whoever asks has
 * a row of ours written: a server that nobody asks writes nothing for this.
 */
export class WriteProbe {
  readonly #deps: ProbeDeps
  #toldAt = Number.NEGATIVE_INFINITY
  #probing: Promise<unknown> | undefined

  constructor(deps: ProbeDeps) {
    this.#deps = deps
  }

  /** Takes the outcome of any write; without a failure it is on the disk. */
  note(failure?: unknown): void {
    const { now, readiness } = this.#deps
    this.#toldAt = now()
    if (failure === undefined) readiness.end('not_writable')
    else readiness.begin('not_writable', failure)
  }

  /** From then on the reason `not_writable` is no older than a few seconds. However many ask, one row is written. */
  async refresh(db: Database): Promise<void> {
    if (this.#isFresh()) return
    this.#probing ??= this.#probe(db).finally(() => {
      this.#probing = undefined
    })
    await Promise.race([this.#probing, delay(longestWaitMs, undefined, { ref: false })])
  }

  // A clock that was set back tells nothing of how long ago it was.
  #isFresh(): boolean {
    const age = this.#deps.now() - this.#toldAt
    return age >= 0 && age < (this.#deps.readiness.has('not_writable') ? badForMs : goodForMs)
  }

  async #probe(db: Database): Promise<void> {
    try {
      const row = { id: 1, written_at: this.#deps.now() }
      const write = db.insertInto('write_probe').values(row)
      await write.onConflict((conflict) => conflict.column('id').doUpdateSet(row)).execute()
    } catch (error) {
      this.note(error)
    }
  }
}
