import { type BigIntStats, closeSync, openSync, realpathSync, statSync } from 'node:fs'
import type { Database as SqliteHandle } from 'better-sqlite3'
import { openSqlite } from './open-sqlite.ts'

/** The data file is no longer what its name names: what would be written now, nobody would find again. */
export class DataFileLost extends Error {
  override readonly name = 'DataFileLost'
  /** As SQLite calls it, so that requests are answered as with any data file that cannot be used. */
  readonly code = 'SQLITE_READONLY_DBMOVED'
}

/** The data file and the two files beside it, as SQLite has them open: SQLite itself goes on with them whatever becomes of their names. */
export class WatchedFile {
  readonly #handle: SqliteHandle
  readonly #file: string
  readonly #opened: ReadonlyMap<string, BigIntStats>
  /** The data file at the last look at which all was well. */
  #main: BigIntStats
  #lost: string | undefined

  /** Once the file is open in WAL mode, when all three are there. */
  constructor(handle: SqliteHandle, file: string) {
    this.#handle = handle
    this.#file = file
    // SQLite names the two after the file that a symbolic link leads to.
    const real = realpathSync(file)
    const paths = [file, `${real}-wal`, `${real}-shm`]
    this.#opened = new Map(paths.map((path) => [path, statSync(path, { bigint: true })]))
    this.#main = statSync(file, { bigint: true })
  }

  /** What has become of it, as the last look found; undefined when all is well. */
  get loss(): string | undefined {
    return this.#lost
  }

  /** Looks anew, in a few microseconds. A file that was put back untouched is well again. */
  look(): string | undefined {
    const reason = this.#findLoss()
    const main = lookAt(this.#file)
    if (reason !== undefined) this.#lost ??= reason
    else if (this.#lost !== undefined && this.#isUntouched(main)) this.#lost = undefined
    if (this.#lost === undefined && main !== undefined) this.#main = main
    return this.loss
  }

  refuseLost(): void {
    if (this.look() !== undefined) throw new DataFileLost(this.loss)
  }

  /** Copies all that was ever answered, bit by bit beside the requests, into a new file that others cannot read; throws where the copy is not whole. */
  async rescue(copy: string): Promise<void> {
    closeSync(openSync(copy, 'wx', 0o600))
    await this.#handle.backup(copy)
    const saved = openSqlite(copy)
    try {
      // A file by itself, which leaves none beside it.
      saved.pragma('journal_mode = DELETE')
      const found = saved.pragma('quick_check(1)', { simple: true })
      if (found !== 'ok') throw new Error(`the copy is damaged: ${found}`)
    } finally {
      saved.close()
    }
  }

  #findLoss(): string | undefined {
    for (const [path, opened] of this.#opened) {
      const found = lookAt(path)
      if (found === undefined) return `${path} was moved or deleted`
      if (found.dev !== opened.dev || found.ino !== opened.ino) return `${path} was replaced by another file`
    }
    // It never shrinks by itself: nothing here vacuums.
    const size = lookAt(this.#file)?.size ?? 0n
    return size < this.#main.size ? `${this.#file} was cut short or overwritten` : undefined
  }

  /** Somebody who used it under another name did so without its -wal. */
  #isUntouched(main: BigIntStats | undefined): boolean {
    return main?.mtimeNs === this.#main.mtimeNs
  }
}

function lookAt(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true })
  } catch {
    // Also where a folder above it was moved, or is closed to us: the name leads there no longer.
    return undefined
  }
}
