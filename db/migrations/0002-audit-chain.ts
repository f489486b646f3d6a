import type { Database as SqliteHandle } from 'better-sqlite3'
import { firstPreviousHash, hashAuditEvent } from '../audit-hash.ts'

/** Chains the audit events: each carries the hash of the one before, and details; none can be changed in passing. */
export function chainAuditEvents(handle: SqliteHandle): void {
  handle.exec(`
    ALTER TABLE audit_events RENAME TO unchained_events;
    CREATE TABLE audit_events (
      sequence INTEGER PRIMARY KEY NOT NULL CHECK (sequence >= 1),
      id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
      occurred_at INTEGER NOT NULL,
      event TEXT NOT NULL CHECK (length(event) > 0),
      user_id TEXT,
      session_id TEXT,
      details TEXT CHECK (json_valid(details) AND json_type(details) = 'object'),
      previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
      hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT;
  `)
  const insert = handle.prepare('INSERT INTO audit_events VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?)')
  let previousHash = firstPreviousHash
  let sequence = 0
  // All at once: while a statement is being read, the driver lets no other write.
  for (const row of handle.prepare('SELECT * FROM unchained_events ORDER BY rowid').all() as UnchainedEvent[]) {
    sequence += 1
    const hash = hashAuditEvent(previousHash, { ...row, sequence, details: null })
    insert.run(sequence, row.id, row.occurred_at, row.event, row.user_id, row.session_id, previousHash, hash)
    previousHash = hash
  }
  handle.exec(`
    DROP TABLE unchained_events;
    CREATE TRIGGER audit_events_are_kept_as_written BEFORE UPDATE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END;
  `)
}

interface UnchainedEvent {
  readonly id: string
  readonly occurred_at: number
  readonly event: string
  readonly user_id: string | null
  readonly session_id: string | null
}
