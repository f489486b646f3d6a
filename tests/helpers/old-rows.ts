import SqliteDatabase, { type Database as SqliteHandle } from 'better-sqlite3'
import { v7 } from 'uuid'
import { firstPreviousHash, hashAuditEvent } from '../../db/audit-hash.ts'

interface OldRows {
  readonly people: number
  /** Of these people, one after the other. */
  readonly sessions: number
  readonly events: number
  /** When the first of them were made; one a second followed. */
  readonly from: number
}

const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

/** Puts sessions that have ended and audit events into a data file without people, quicker than a server makes them. */
export function insertOldRows(file: string, { people, sessions, events, from }: OldRows): void {
  const handle = new SqliteDatabase(file)
  const ids = Array.from({ length: people }, () => v7({ msecs: from }))
  handle.transaction(() => {
    const insertUser = handle.prepare(
      'INSERT INTO users (id, username, display_name, is_bot, created_at) VALUES (?, ?, ?, 0, ?)',
    )
    for (const [index, id] of ids.entries()) insertUser.run(id, `person${index}`, `Person ${index}`, from)
    const insertSession = handle.prepare(
      'INSERT INTO sessions (id, user_id, generation, created_at, authenticated_at, rotated_at, expires_at, ended_at, ' +
        "end_reason, user_agent, address) VALUES (?, ?, 1, ?, ?, ?, ?, ?, 'logged_out', ?, '203.0.113.7')",
    )
    for (let index = 0; index < sessions; index += 1) {
      const at = from + index * 1000
      // Spread over the index of people, as those of many people are.
      const user = ids[(index * 7919) % people]
      insertSession.run(v7({ msecs: at }), user, at, at, at, at + 1000, at + 500, userAgent)
    }
    insertEvents(handle, events, from)
  })()
  handle.close()
}

function insertEvents(handle: SqliteHandle, events: number, from: number): void {
  const insert = handle.prepare('INSERT INTO audit_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  let previousHash = firstPreviousHash
  for (let sequence = 1; sequence <= events; sequence += 1) {
    const at = from + sequence * 1000
    const fields = {
      sequence,
      id: v7({ msecs: at }),
      occurred_at: at,
      event: 'sessions.ended',
      user_id: v7({ msecs: at }),
      session_id: null,
      details: '{"sessions":1}',
    }
    const hash = hashAuditEvent(previousHash, fields)
    insert.run(...Object.values(fields), previousHash, hash)
    previousHash = hash
  }
}
