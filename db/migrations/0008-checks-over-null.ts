import type { Database as SqliteHandle } from 'better-sqlite3'

/**
 * Columns that may be NULL, whose CHECK left it to SQLite what it says of NULL. Versions differ there (`json_valid(NULL)` is 0
 * before 3.41), so that an older sqlite3 called a healthy file damaged.
 */
const checks: Readonly<Record<string, readonly (readonly [column: string, check: string])[]>> = {
  users: [
    ['email', 'length(email) <= 254'],
    ['avatar_url', 'length(avatar_url) <= 2048'],
  ],
  sessions: [['base_generation', 'base_generation < generation']],
  invites: [
    ['first_group', 'length(first_group) = 5'],
    ['max_uses', 'max_uses >= 1'],
    ['max_uses', 'uses <= max_uses'],
  ],
  audit_events: [['details', "json_valid(details) AND json_type(details) = 'object'"]],
  backups: [['audit_hash', 'length(audit_hash) = 32']],
  oauth_flows: [
    ['invite_code_hash', 'length(invite_code_hash) = 32'],
    ['code_hash', 'length(code_hash) = 32'],
  ],
}

/**
 * Writes each of these CHECKs so that it says itself what it says of NULL. What the tables hold stays as it is, so only their text
 * is changed (SQLite, "ALTER TABLE", section 7: what does not change the content may be done so).
 */
export function guardChecksOverNull(handle: SqliteHandle): void {
  const read = handle.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?").pluck()
  const texts = Object.entries(checks).map(([table, changes]) => [table, guard(read.get(table) as string, changes)])
  handle.unsafeMode(true)
  try {
    handle.pragma('writable_schema = ON')
    const write = handle.prepare("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?")
    for (const [table, text] of texts) write.run(text, table)
    // Whoever opens the file, and this connection too, reads the schema anew.
    handle.pragma(`schema_version = ${Number(handle.pragma('schema_version', { simple: true })) + 1}`)
  } finally {
    handle.pragma('writable_schema = OFF')
    handle.unsafeMode(false)
  }
}

function guard(text: string, changes: (typeof checks)[string]): string {
  return changes.reduce((before, [column, check]) => {
    const parts = before.split(`CHECK (${check})`)
    if (parts.length !== 2) throw new Error(`the CHECK of ${column} is not as it was made: ${check}`)
    const isConjunction = check.includes(' AND ')
    return parts.join(`CHECK (${column} IS NULL OR ${isConjunction ? `(${check})` : check})`)
  }, text)
}
