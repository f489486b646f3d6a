import type { Deps } from '../deps.ts'
import { day } from '../durations.ts'
import { findAuditHead } from './audit-store.ts'

/** Logs the newest audit event's number and hash at the first call, and then once a day: a log is kept elsewhere. */
export function createHeadLog({ db, log, now }: Pick<Deps, 'db' | 'log' | 'now'>): () => Promise<void> {
  let loggedAt = Number.NEGATIVE_INFINITY
  return async () => {
    // Either way: after a clock that was put back, the last time would lie ahead for long.
    if (Math.abs(now() - loggedAt) < day) return
    const head = await findAuditHead(db)
    if (head === undefined) return
    loggedAt = now()
    log.info({ event: 'audit.head', ...head }, 'the newest audit event')
  }
}
