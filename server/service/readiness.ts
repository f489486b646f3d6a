import type { Logger } from 'pino'

/** Why requests are not welcome; the table says what the operator reads in the log when it begins. */
const notReadyReasons = {
  draining: 'the server stops: it answers what is under way, and takes nothing new',
  data_file_lost: 'the data file is no longer where it was: see the line of data_file.lost',
  outcome_unknown:
    'a commit failed on its way to the disk: the server stops, and its next start tells what became of it',
  not_writable: 'the data file cannot be written: see to its disk',
} as const

export type NotReadyReason = keyof typeof notReadyReasons

/** Every reason for which `/readyz` is not 200 stands here, from when it begins until it ends. */
export class Readiness {
  readonly #log: Logger
  readonly #reasons = new Set<NotReadyReason>()

  constructor(log: Logger) {
    this.#log = log
  }

  get isReady(): boolean {
    return this.#reasons.size === 0
  }

  has(reason: NotReadyReason): boolean {
    return this.#reasons.has(reason)
  }

  /** Told once, however often it is found again. */
  begin(reason: NotReadyReason, err?: unknown): void {
    if (this.#reasons.has(reason)) return
    this.#reasons.add(reason)
    const message = `not ready: ${notReadyReasons[reason]}`
    if (err === undefined) this.#log.info({ reason }, message)
    else this.#log.error({ reason, err }, message)
  }

  end(reason: NotReadyReason): void {
    if (!this.#reasons.delete(reason)) return
    this.#log.info({ reason }, this.isReady ? 'ready again' : 'still not ready, but no longer for this reason')
  }
}
