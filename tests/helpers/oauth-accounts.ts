import { v7 } from 'uuid'
import type { TestServer } from './start-server.ts'

interface LinkedAccount {
  readonly id: string
  readonly subject: string
}

/** Five providers by configuration alone: nothing of them is asked. */
export const fiveProviders: Record<string, string> = Object.fromEntries(
  ['GITHUB', 'DISCORD', 'GOOGLE', 'CLUB', 'GUILD'].flatMap((name) => [
    [`OAUTH_${name}_CLIENT_ID`, 'id'],
    [`OAUTH_${name}_CLIENT_SECRET`, 'secret'],
    ...(name.length > 5 ? [] : [[`OAUTH_${name}_ISSUER`, `https://${name.toLowerCase()}.example`]]),
  ]),
)

const issuers: Record<string, string> = {
  google: 'https://accounts.google.com',
  club: 'https://club.example',
  guild: 'https://guild.example',
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
    ...[
      id,
      userId,
      provider,
      issuers[provider ?? ''] ?? `oauth:${provider}`,
      subject,
      email,
      displayName,
      server.clock.now(),
    ],
  )
  return { id, subject }
}

/** As of somebody who has only ever signed in through a provider. */
export function takePassword(server: TestServer, userId: string): void {
  server.query('UPDATE users SET password_hash = NULL WHERE id = ?', userId)
}

export const linkedIds = (server: TestServer): string[] =>
  server.query<{ id: string }>('SELECT id FROM oauth_accounts ORDER BY id').map(({ id }) => id)
