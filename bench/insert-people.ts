import { openSqlite } from '../db/open-sqlite.ts'
import type { Session } from '../server/sessions/session.ts'

const perCommit = 50_000
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

export interface NewPerson {
  readonly username: string
  readonly email: string
  readonly passwordHash: Uint8Array
  readonly session: Session
}

/** Puts people with a session each into a data file, as the server itself would write them, and quicker. */
export function insertPeople(file: string, count: number, makePerson: (index: number) => NewPerson): void {
  const handle = openSqlite(file)
  const insertUser = handle.prepare(
    'INSERT INTO users (id, email, email_key, username, display_name, is_bot, password_hash, created_at) VALUES (?, ?, ?, ?, ?, 0, ?, ?)',
  )
  const insertSession = handle.prepare(
    'INSERT INTO sessions (id, user_id, generation, created_at, authenticated_at, rotated_at, expires_at, user_agent, address) ' +
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, '203.0.113.7')",
  )
  for (let begun = 0; begun < count; begun += perCommit) {
    handle.transaction(() => {
      for (let index = begun; index < Math.min(count, begun + perCommit); index += 1) {
        const { username, email, passwordHash, session } = makePerson(index)
        const { id, userId, generation, createdAt, authenticatedAt, rotatedAt, expiresAt } = session
        insertUser.run(userId, email, email, username, username, passwordHash, createdAt)
        insertSession.run(id, userId, generation, createdAt, authenticatedAt, rotatedAt, expiresAt, userAgent)
      }
    })()
  }
  handle.pragma('wal_checkpoint(TRUNCATE)')
  handle.close()
}
