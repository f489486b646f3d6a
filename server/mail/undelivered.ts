import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { deleteWaiting, putOff, type Waiting } from './outbox-store.ts'
import { nextTryAt } from './retries.ts'

type UndeliveredDeps = Pick<Deps, 'db' | 'log' | 'now' | 'newId'>

export interface Circumstances {
  /** Whose mail it is, where that is known. */
  readonly userId?: string | undefined
  /** The mail server will have none of it. */
  readonly isRefused: boolean
  /** The server ends before the mail was sent. */
  readonly isClosing: boolean
  /** What the log tells of it. */
  readonly failure: object
}

/** Lets a mail wait that could not be sent, or gives it up; whether it waits. */
export async function putOffOrGiveUp(
  deps: UndeliveredDeps,
  waiting: Waiting,
  { userId, isRefused, isClosing, failure }: Circumstances,
): Promise<boolean> {
  const { db, log, now } = deps
  const dueAt = nextTryAt(waiting, now(), isRefused)
  if (dueAt === undefined) {
    log.error({ event: 'mail.failed', ...failure }, 'a mail could not be sent, and is given up')
    await giveUp(deps, waiting, userId)
    return false
  }
  // The next code of an account is made a minute after the one before, at the earliest; a notice goes on with the next start.
  const isNext = isClosing && waiting.letter !== undefined
  const { id, tries } = waiting
  await putOff(db, id, isNext ? { dueAt: now(), tries } : { dueAt, tries: tries + 1 })
  const level = isRefused ? 'error' : 'warn'
  log[level](
    { event: 'mail.put_off', ...failure, dueAt: new Date(dueAt).toISOString() },
    'a mail waits to be tried again',
  )
  return true
}

/** Whom a notice does not reach, the operator can tell from the audit trail. */
async function giveUp(deps: UndeliveredDeps, { id, kind }: Waiting, userId: string | undefined): Promise<void> {
  await deps.db.transaction().execute(async (trx) => {
    await deleteWaiting(trx, id)
    await insertAuditEvent(trx, deps, { event: 'mail.given_up', ...(userId && { userId }), details: { kind } })
  })
}
