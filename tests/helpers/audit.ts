import type { TestServer } from './start-server.ts'

interface AuditRow {
  readonly event: string
  readonly user_id: string | null
  readonly session_id: string | null
  readonly details: string | null
}

/** The events of these names that were written, oldest first. */
export const auditEvents = (server: TestServer, ...names: string[]): AuditRow[] =>
  server
    .query<AuditRow>('SELECT event, user_id, session_id, details FROM audit_events ORDER BY sequence')
    .filter(({ event }) => names.includes(event))
