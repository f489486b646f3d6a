import type { Deps } from '../deps.ts'

/**
 * Whether the data file can be written: found out by writing, while somebody asks. An answer waits for no write, so it is
 * what the last one told, a few seconds ago.
 */
export class WriteProbe {
  readonly #deps: Pick<Deps, 'db' | 'now'>
  // The start of the server has written.
  #isWritable = true
  #isAskedFor = false

  constructor(deps: Pick<Deps, 'db' | 'now'>) {
    this.#deps = deps
  }

  ask(): boolean {
    this.#isAskedFor = true
    return this.#isWritable
  }

  /** Throws what keeps the file from being written. A server that nobody asks writes nothing. */
  async run(): Promise<void> {
    if (!this.#isAskedFor) return
    this.#isAskedFor = false
    const { db, now } = this.#deps
    try {
      await db.updateTable('write_probe').set({ written_at: now() }).where('id', '=', 1).executeTakeFirstOrThrow()
      this.#isWritable = true
    } catch (error) {
      this.#isWritable = false
      throw error
    }
  }
}
