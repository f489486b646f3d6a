import type { Deps } from '../deps.ts'
import { hour, minute } from '../durations.ts'
import { type BackupConfig, type BackupProcess, startBackupProcess } from './backup-process.ts'
import { findLastBackup } from './backup-store.ts'

type ScheduleDeps = Pick<Deps, 'db' | 'now' | 'log'> & { readonly config: BackupConfig }

const longestRetryMs = hour

/** Makes a backup whenever the last proven one is `BACKUP_EVERY` old, whoever made that one, and never two at once. */
export class BackupSchedule {
  readonly #deps: ScheduleDeps
  readonly #startProcess: typeof startBackupProcess
  #timer: NodeJS.Timeout | undefined
  #checking: Promise<void> | undefined
  #underWay: BackupProcess | undefined
  #failures = 0
  #retryAt = Number.NEGATIVE_INFINITY
  #isStopped = false

  constructor(deps: ScheduleDeps, startProcess = startBackupProcess) {
    this.#deps = deps
    this.#startProcess = startProcess
  }

  /** Looks now, and then again and again: a timer for the due time would miss it when the clock is set. */
  start(): void {
    const { backupEveryMs } = this.#deps.config
    if (backupEveryMs === undefined) return
    void this.check()
    this.#timer = setInterval(() => void this.check(), Math.min(minute, backupEveryMs))
    this.#timer.unref()
  }

  /** Makes a backup if one is due; done when it is made, or has failed and is in the log. */
  check(): Promise<void> {
    this.#checking ??= this.#makeIfDue().finally(() => {
      this.#checking = undefined
    })
    return this.#checking
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    await this.#underWay?.stop()
    await this.#checking
  }

  async #makeIfDue(): Promise<void> {
    const { log, now } = this.#deps
    try {
      if (this.#isResting() || !(await this.#isDue()) || this.#isStopped) return
      this.#underWay = this.#startProcess(this.#deps.config)
      const { file, bytes, users } = await this.#underWay.done
      this.#failures = 0
      log.info({ file, bytes, users }, 'backup made and proven')
    } catch (error) {
      if (this.#isStopped) return
      this.#failures += 1
      const waitMs = Math.min(minute * 2 ** (this.#failures - 1), longestRetryMs)
      this.#retryAt = now() + waitMs
      const reason = (error as Error).message
      log.error({ reason, retryAt: new Date(this.#retryAt).toISOString() }, `backup failed: ${reason}`)
    } finally {
      this.#underWay = undefined
    }
  }

  /** Not beyond the longest rest: after a clock that was put back, the next try would lie ahead for long. */
  #isResting(): boolean {
    const leftMs = this.#retryAt - this.#deps.now()
    return leftMs > 0 && leftMs <= longestRetryMs
  }

  async #isDue(): Promise<boolean> {
    const { config, db, now } = this.#deps
    const everyMs = config.backupEveryMs ?? Number.POSITIVE_INFINITY
    const last = await findLastBackup(db)
    // One from the future is from when the clock was wrong.
    return last === undefined || Math.abs(now() - last.provenAt) >= everyMs
  }
}
