import type { DatabaseTransaction } from '../../db/schema.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
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
      return await insertAuditEvent(trx, this.#deps, { event: 'sign_in.failed', userId, ...ofSession })
    }
    this.#withoutAccount += 1
    await this.recordDue(trx)
  }

  isDue(): boolean {
    // Either way: after a clock that was put back, the last time would lie ahead for long.
    return this.#withoutAccount > 0 && Math.abs(this.#deps.now() - this.#recordedAt) >= recordedEveryMs
  }

  async recordDue(trx: DatabaseTransaction): Promise<void> {
    if (!this.isDue()) return
    const attempts = this.#withoutAccount
    this.#withoutAccount = 0
    this.#recordedAt = this.#deps.now()
    await insertAuditEvent(trx, this.#deps, { event: 'sign_in.failed', details: { attempts } })
  }
}
