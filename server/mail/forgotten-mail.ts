import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { day } from '../durations.ts'
import { consumeForgotten } from './outbox-waiting-store.ts'

/** Long enough for SMTP_URL to be set again. */
const keptMs = 4 * day

/** Where SMTP_URL is no longer set, what waits is given up after four days; with it, that is the mailer's to say. */
export async function giveUpForgottenMail({
  db,
  log,
  now,
  newId,
}: Pick<Deps, 'db' | 'log' | 'now' | 'newId'>): Promise<void> {
  const given = await db.transaction().execute(async (trx) => {
    const rows = await consumeForgotten(trx, now() - keptMs)
    for (const { kind, userId } of rows) {
      if (userId === null) continue
      await insertAuditEvent(trx, { now, newId }, { event: 'mail.given_up', userId, details: { kind } })
    }
    return rows
  })
  if (given.length === 0) return
  log.error({ event: 'mail.failed', mails: given.length }, 'mail that waited was given up: SMTP_URL is not set')
}
