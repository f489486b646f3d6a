import type { TestServer } from './start-server.ts'

interface AuditRow {
  readonly event: string
  readonly user_id: string | null
  readonly session_id: string | null
  readonly details: string | null
}

/** The audit trail, oldest first; only events of these names, where some are given. */
export const auditEvents = (server: TestServer, ...names: string[]): AuditRow[] =>
  server
    .query<AuditRow>('SELECT event, user_id, session_id, details FROM audit_events ORDER BY sequence')
    .filter(({ event }) => names.length === 0 || names.includes(event))
