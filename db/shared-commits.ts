import type { QueryResult } from 'kysely'
import { CommitOutcomeUnknown } from './commit-outcome.ts'
import { isBusy } from './database-error.ts'

export interface Write {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

interface Connection {
  run(sql: string, parameters: readonly unknown[]): Promise<QueryResult<never>>
  /** All of them in one transaction; where that is not possible none of them, and an error. */
  runTogether(writes: readonly Write[]): Promise<QueryResult<never>[]>
}

interface WaitingWrite extends Write {
  resolve(result: QueryResult<never> | Promise<QueryResult<never>>): void
  reject(error: unknown): void
}

/**
 * Writes outside of transactions that come in the same turn of the event loop share one commit, and so one wait for the
 * disk. Each is answered once it is on the disk, as if it had come alone; where one of them fails, each runs alone, unless nobody
 * knows whether their commit is there.
 */
export class SharedCommits {
  readonly #connection: Connection
  #waiting: WaitingWrite[] = []

  constructor(connection: Connection) {
    this.#connection = connection
  }

  join<R>(write: Write): Promise<QueryResult<R>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...write, resolve, reject })
      // Once the other requests of this turn have been read.
      if (this.#waiting.length === 1) setImmediate(() => void this.#commit())
    })
  }

  async #commit(): Promise<void> {
    const writes = this.#waiting
    this.#waiting = []
    if (writes.length > 1 && (await this.#commitTogether(writes))) return
    for (const { sql, parameters, resolve } of writes) resolve(this.#connection.run(sql, parameters))
  }

  /** False when none of them has run and each is to run alone. */
  async #commitTogether(writes: readonly WaitingWrite[]): Promise<boolean> {
    try {
      const results = await this.#connection.runTogether(writes)
      for (const [index, result] of results.entries()) writes[index]?.resolve(result)
      return true
    } catch (error) {
      // All of them have waited for the lock as long as one may; or nobody knows what became of them.
      const isForAll = isBusy(error) || error instanceof CommitOutcomeUnknown
      if (isForAll) for (const { reject } of writes) reject(error)
      return isForAll
    }
  }
}
