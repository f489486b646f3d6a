import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'

/** Tells once when strangers begin to be put off and once when that ends; to be called now and then. */
export async function recordGuessing(deps: Deps): Promise<void> {
  const { db, guessBrake, log } = deps
  // Whether it is over shows only when somebody looks.
  void guessBrake.isOn
  for (let change = guessBrake.changes[0]; change !== undefined; change = guessBrake.changes[0]) {
    const { isOn, putOff } = change
    const event = isOn ? 'guessing.noticed' : 'guessing.over'
    const details = isOn ? {} : { details: { putOff } }
    await db.transaction().execute(async (trx) => await insertAuditEvent(trx, deps, { event, ...details }))
    guessBrake.changes.shift()
    if (isOn) log.warn({ event }, 'very many wrong passwords: networks that have not signed in before are put off')
    else log.info({ event, putOff }, 'wrong passwords are as few as usual again: nobody is put off any more')
  }
}
