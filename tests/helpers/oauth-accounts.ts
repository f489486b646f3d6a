import { v7 } from 'uuid'
import type { TestServer } from './start-server.ts'

interface LinkedAccount {
  readonly id: string
  readonly subject: string
}

/** Links an account of a provider, as signing in through it will do. */
export function linkAccount(
  server: TestServer,
  userId: string,
  { provider = 'github', email = null, displayName = null }: Partial<Record<string, string | null>> = {},
): LinkedAccount {
  const id = v7()
  const subject = `subject-${id}`
  server.query(
    `INSERT INTO oauth_accounts (id, user_id, provider, issuer, subject, email, display_name, linked_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, userId, provider, `oauth:${provider}`, subject, email, displayName, server.clock.now()],
  )
  return { id, subject }
}

/** As of somebody who has only ever signed in through a provider. */
export function takePassword(server: TestServer, userId: string): void {
  server.query('UPDATE users SET password_hash = NULL WHERE id = ?', userId)
}

export const linkedIds = (server: TestServer): string[] =>
  server.query<{ id: string }>('SELECT id FROM oauth_accounts ORDER BY id').map(({ id }) => id)
