import { setImmediate as nextTurn } from 'node:timers/promises'
import { checkpoint } from '../../db/checkpoint.ts'
import type { DatabaseTransaction } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import type { Batch, Cleared } from './batch.ts'
import { BatchSize } from './batch-size.ts'

export interface BatchDone {
  readonly name: string
  readonly deleted: number
  /** How long it held the database and the event loop: the longer of writing and of bringing it into the file. */
  readonly ms: number
  readonly isEnd: boolean
}

/** One thing that is cleared away, batch for batch. */
export interface Chore {
  readonly name: string
  doBatch(deps: Pick<Deps, 'db' | 'now'>): Promise<BatchDone>
}

/** Goes through a table and deletes what has passed; at the end, and after an error, it begins anew. */
export class Walk<Cursor> implements Chore {
  readonly name: string
  readonly #clear: (trx: DatabaseTransaction, batch: Batch<Cursor>) => Promise<Cleared<Cursor>>
  readonly #size = new BatchSize()
  #after: Cursor | undefined

  constructor(name: string, clear: (trx: DatabaseTransaction, batch: Batch<Cursor>) => Promise<Cleared<Cursor>>) {
    this.name = name
    this.#clear = clear
  }

  async doBatch({ db, now }: Pick<Deps, 'db' | 'now'>): Promise<BatchDone> {
    const limit = this.#size.rows
    const after = this.#after
    this.#after = undefined
    let startedAt = 0
    const { deleted, next } = await db.transaction().execute(async (trx) => {
      // Not before: whoever waits for another process holds nobody up.
      startedAt = performance.now()
      return await this.#clear(trx, { after, limit, now: now() })
    })
    let ms = performance.now() - startedAt
    if (deleted > 0) {
      // In a turn of its own: otherwise every few batches a commit would bring a thousand pages at once.
      await nextTurn()
      startedAt = performance.now()
      await checkpoint(db)
      ms = Math.max(ms, performance.now() - startedAt)
    }
    this.#size.note(ms, deleted === limit)
    this.#after = next
    return { name: this.name, deleted, ms, isEnd: next === undefined }
  }
}
