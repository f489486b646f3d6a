import type { QueryResult } from 'kysely'

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
}

/**
 * Writes outside of transactions that come in the same turn of the event loop share one commit, and so one wait for the
 * disk. Each is answered once it is on the disk, as if it had come alone; where one of them fails, each runs alone.
 */
export class SharedCommits {
  readonly #connection: Connection
  #waiting: WaitingWrite[] = []

  constructor(connection: Connection) {
    this.#connection = connection
  }

  join<R>(write: Write): Promise<QueryResult<R>> {
    return new Promise((resolve) => {
      this.#waiting.push({ ...write, resolve })
      // Once the other requests of this turn have been read.
      if (this.#waiting.length === 1) setImmediate(() => void this.#commit())
    })
  }

  async #commit(): Promise<void> {
    const writes = this.#waiting
    this.#waiting = []
    const results = writes.length === 1 ? undefined : await this.#tryTogether(writes)
    for (const [index, { sql, parameters, resolve }] of writes.entries()) {
      resolve(results?.[index] ?? this.#connection.run(sql, parameters))
    }
  }

  async #tryTogether(writes: readonly Write[]): Promise<QueryResult<never>[] | undefined> {
    try {
      return await this.#connection.runTogether(writes)
    } catch {
      return undefined
    }
  }
}
