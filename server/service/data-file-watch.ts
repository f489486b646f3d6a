import type { Logger } from 'pino'
import type { WatchedFile } from '../../db/watched-file.ts'
import { toStamp } from '../backups/backup.ts'
import { processId } from '../process.ts'
import type { Readiness } from './readiness.ts'

interface WatchDeps {
  readonly file: string
  readonly now: () => number
  readonly log: Logger
  readonly readiness: Readiness
}

/**
 * Notices that the data file was moved, deleted or replaced under the server, which then uses it no more. The server stays
 * up, because what was answered lives on in the files that it has open, and a new start would make an empty one.
 */
export class DataFileWatch {
  readonly #deps: WatchDeps
  #watched: WatchedFile | undefined
  #isTold = false
  #rescuing: Promise<void> | undefined

  constructor(deps: WatchDeps) {
    this.#deps = deps
  }

  watch(watched: WatchedFile): void {
    this.#watched = watched
  }

  /** Several times a second, and whenever somebody asks whether the server is ready. */
  look(): void {
    const { log, readiness, file } = this.#deps
    const loss = this.#watched?.look()
    if (loss === undefined) {
      this.#isTold = false
      readiness.end('data_file_lost')
      return
    }
    readiness.begin('data_file_lost')
    if (this.#isTold) return
    this.#isTold = true
    log.fatal(
      { event: 'data_file.lost', reason: loss },
      `${loss} under the running server: it reads and writes nothing more. Put back what was there under ${file}, and it goes ` +
        `on. All that was answered is still open here (/proc/${processId}/fd) and is being saved: do not stop the server yet`,
    )
    this.#rescuing ??= this.#rescue()
  }

  /** Until what was answered is saved: with the process it would be gone. */
  async finish(): Promise<void> {
    await this.#rescuing
  }

  async #rescue(): Promise<void> {
    const { file, log, now } = this.#deps
    const copy = `${file}.rescued-${toStamp(now())}`
    try {
      await this.#watched?.rescue(copy)
      log.fatal(
        { event: 'data_file.rescued', copy },
        `all that was answered is saved in ${copy}: stop the server, move away what is now under ${file}, with its -wal ` +
          'and -shm, give the saved file its name, and start again',
      )
    } catch (err) {
      log.fatal({ err, copy }, `what was answered could not be saved in ${copy}: copy /proc/${processId}/fd by hand`)
    } finally {
      this.#rescuing = undefined
    }
  }
}
