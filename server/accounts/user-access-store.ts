import type { Database } from '../../db/schema.ts'

/** Which of these users, and of the bots that belong to them, a session or a token of today lets in. */
export async function listUsersWithAccess(
  db: Database,
  userIds: readonly string[],
  now: number,
): Promise<{ userId: string; hasAccess: boolean }[]> {
  if (userIds.length === 0) return []
  const rows = await db
    .selectFrom('users')
    .leftJoin('users as owners', 'owners.id', 'users.owner_id')
    .leftJoin('bot_tokens', 'bot_tokens.user_id', 'users.id')
    .select(['users.id', 'users.is_bot', 'users.disabled_at', 'owners.disabled_at as owner_disabled_at'])
    .select(['bot_tokens.created_at as token_created_at', 'bot_tokens.expires_at as token_expires_at'])
    .select(({ exists, selectFrom, ref }) =>
      exists(
        selectFrom('sessions')
          .select('sessions.id')
          .where('sessions.user_id', '=', ref('users.id'))
          .where('sessions.ended_at', 'is', null)
          .where('sessions.expires_at', '>', now),
      ).as('has_session'),
    )
    .where(({ or, eb }) => or([eb('users.id', 'in', userIds), eb('users.owner_id', 'in', userIds)]))
    .execute()
  return rows.map((row) => {
    const hasToken = row.token_created_at !== null && (row.token_expires_at === null || row.token_expires_at > now)
    const isDisabled = row.disabled_at !== null || row.owner_disabled_at !== null
    return { userId: row.id, hasAccess: !isDisabled && (row.is_bot === 1 ? hasToken : row.has_session === 1) }
  })
}
