import type { ExecutionContext } from 'ava'
import { insertAuditEvent } from '../../server/audit/audit-store.ts'
import { Housekeeping } from '../../server/housekeeping/housekeeping.ts'
import { startServer, type TestServer } from './start-server.ts'

export const day = 86_400_000

/** Events of a day each, the last of today, which are kept for 20 days: before 30 there is no new signing key. */
export async function startWithDays(t: ExecutionContext, days: number): Promise<TestServer> {
  const server = await startServer(t, { settings: { AUDIT_RETENTION: '20d' } })
  for (let count = 0; count < days; count += 1) {
    if (count > 0) server.clock.advance(day)
    await addEvent(server)
  }
  return server
}

export async function addEvent({ auth: { deps } }: TestServer, at = deps.now()): Promise<void> {
  const event = {
    event: 'sessions.ended',
    userId: deps.newId(),
    sessionId: deps.newId(),
    details: { sessions: 1 },
  } as const
  await deps.db.transaction().execute(async (trx) => {
    await insertAuditEvent(trx, { newId: deps.newId, now: () => at }, event)
  })
}

/** A pass of its own, with nothing else that the server does regularly. */
export const clearAway = ({ auth }: TestServer): Promise<void> => new Housekeeping(auth.deps).run()

export const sequences = (server: TestServer): number[] =>
  server.query<{ sequence: number }>('SELECT sequence FROM audit_events ORDER BY sequence').map((row) => row.sequence)

/** The number and hash of an event, as a head is noted. */
export function headAt(server: TestServer, sequence: number): { sequence: number; hash: string } {
  const [row] = server.query<{ hash: Buffer }>('SELECT hash FROM audit_events WHERE sequence = ?', sequence)
  return { sequence, hash: row?.hash.toString('hex') ?? '' }
}
