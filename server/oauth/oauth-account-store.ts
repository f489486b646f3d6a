import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { OAuthAccount } from './oauth-account.ts'

export async function listOAuthAccountsOfUser(
  db: Database | DatabaseTransaction,
  userId: string,
): Promise<OAuthAccount[]> {
  const rows = await db
    .selectFrom('oauth_accounts')
    .select(['id', 'provider', 'subject', 'email', 'display_name', 'linked_at'])
    .where('user_id', '=', userId)
    .orderBy('linked_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    provider: row.provider,
    providerAccountId: row.subject,
    email: row.email,
    displayName: row.display_name,
    linkedAt: new Date(row.linked_at).toISOString(),
  }))
}

/**
 * Deletes the link if another way to sign in is left: a password, or another link. The condition stands in the write,
 * so that two removals at once cannot take the last two ways. Gives the provider; undefined when nothing was deleted.
 */
export async function deleteSpareOAuthAccount(
  trx: DatabaseTransaction,
  userId: string,
  id: string,
): Promise<string | undefined> {
  const row = await trx
    .deleteFrom('oauth_accounts')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where((where) =>
      where.or([
        where.exists(
          where
            .selectFrom('users')
            .select('users.id')
            .where('users.id', '=', userId)
            .where('password_hash', 'is not', null),
        ),
        where.exists(
          where
            .selectFrom('oauth_accounts as other')
            .select('other.id')
            .where('other.user_id', '=', userId)
            .where('other.id', '!=', id),
        ),
      ]),
    )
    .returning('provider')
    .executeTakeFirst()
  return row?.provider
}
