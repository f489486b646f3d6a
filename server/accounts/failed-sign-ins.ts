import type { DatabaseTransaction } from '../../db/schema.ts'
import type { NewAuditEvent } from '../audit/audit-event.ts'
import { insertOrRehearseAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { minute } from '../durations.ts'

const recordedEveryMs = minute

/**
 * Writes wrong passwords into the audit trail. How many there can be at an account, the throttle bounds; of addresses
 * without one, a single event a minute tells how many there were: guessing at random must not fill the disk.
 */
export class FailedSignIns {
  readonly #deps: Pick<Deps, 'now' | 'newId'>
  #withoutAccount = 0
  #recordedAt = Number.NEGATIVE_INFINITY

  constructor(deps: Pick<Deps, 'now' | 'newId'>) {
    this.#deps = deps
  }

  /** In the transaction that counts the failure. */
  async record(
    trx: DatabaseTransaction,
    { userId, sessionId }: { userId: string | undefined; sessionId: string | undefined },
  ): Promise<void> {
    if (userId !== undefined) {
      const ofSession = sessionId === undefined ? {} : { sessionId }
      return await this.#write(trx, { userId, ...ofSession }, true)
    }
    this.#withoutAccount += 1
    if (this.isDue()) await this.recordDue(trx)
    else await this.#write(trx, {}, false)
  }

  isDue(): boolean {
    // Either way: after a clock that was put back, the last time would lie ahead for long.
    return this.#withoutAccount > 0 && Math.abs(this.#deps.now() - this.#recordedAt) >= recordedEveryMs
  }

  async recordDue(trx: DatabaseTransaction): Promise<void> {
    if (this.isDue()) await this.recordRemaining(trx)
  }

  /** Also before it is due: at the end of the server. */
  async recordRemaining(trx: DatabaseTransaction): Promise<void> {
    const attempts = this.#withoutAccount
    if (attempts === 0) return
    await this.#write(trx, { details: { attempts } }, true)
    // Not before: what could not be written is told the next time.
    this.#withoutAccount -= attempts
    this.#recordedAt = this.#deps.now()
  }

  /** With an account or without one, kept or not, it is the same work. */
  async #write(trx: DatabaseTransaction, told: Omit<NewAuditEvent, 'event'>, isKept: boolean): Promise<void> {
    await insertOrRehearseAuditEvent(trx, this.#deps, { event: 'sign_in.failed', ...told }, isKept)
  }
}
