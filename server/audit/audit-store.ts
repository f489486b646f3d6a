import type { Database, DatabaseTransaction } from '../../db/schema.ts'

/** What the operator may want to look up later; ids only, so that nothing personal outlives its account. */
export interface AuditEvent {
  readonly id: string
  readonly at: number
  readonly event:
    | 'account.registered'
    | 'account.unlocked'
    | 'password.reset'
    | 'password.reset_code_made'
    | 'session.token_reused'
    | 'signing_key.rotated'
  readonly userId?: string
  readonly sessionId?: string
}

export async function insertAuditEvent(db: Database | DatabaseTransaction, event: AuditEvent): Promise<void> {
  await db
    .insertInto('audit_events')
    .values({
      id: event.id,
      occurred_at: event.at,
      event: event.event,
      user_id: event.userId ?? null,
      session_id: event.sessionId ?? null,
    })
    .execute()
}
