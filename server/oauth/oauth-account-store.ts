import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { type Account, accountColumns, toAccount } from '../accounts/user-store.ts'
import type { OAuthAccount } from './oauth-account.ts'
import type { ProviderIdentity } from './provider-identity.ts'

type IdentityKey = Pick<ProviderIdentity, 'issuer' | 'subject'>

export async function findAccountByIdentity(
  db: Database,
  { issuer, subject }: IdentityKey,
): Promise<Account | undefined> {
  const row = await db
    .selectFrom('oauth_accounts')
    .innerJoin('users', 'users.id', 'oauth_accounts.user_id')
    .select(accountColumns)
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()
  return row && toAccount(row)
}

/** Whose it is, and by which link. */
export async function findLink(
  trx: DatabaseTransaction,
  { issuer, subject }: IdentityKey,
): Promise<{ id: string; userId: string } | undefined> {
  const row = await trx
    .selectFrom('oauth_accounts')
    .select(['id', 'user_id'])
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()
  return row && { id: row.id, userId: row.user_id }
}

/** Deletes every link of a user; gives the issuers, the oldest link first. */
export async function deleteLinksOfUser(trx: DatabaseTransaction, userId: string): Promise<string[]> {
  const issuers = await listLinkedIssuers(trx, userId)
  await trx.deleteFrom('oauth_accounts').where('user_id', '=', userId).execute()
  return issuers
}

/** Of plain OAuth providers as they were kept before each had an issuer of its own: by origin and name. */
export async function listLinksOfOrigins(trx: DatabaseTransaction): Promise<{ issuer: string; provider: string }[]> {
  return await trx
    .selectFrom('oauth_accounts')
    .select(['issuer', 'provider'])
    .distinct()
    .where('issuer', 'like', 'oauth:http%')
    .execute()
}

export async function updateLinkIssuer(
  trx: DatabaseTransaction,
  { issuer, provider }: { readonly issuer: string; readonly provider: string },
  to: string,
): Promise<void> {
  await trx
    .updateTable('oauth_accounts')
    .set({ issuer: to })
    .where('issuer', '=', issuer)
    .where('provider', '=', provider)
    .execute()
}

export interface NewOAuthAccount {
  readonly id: string
  readonly userId: string
  readonly provider: string
  readonly identity: ProviderIdentity
  readonly linkedAt: number
}

/** False when the identity is linked already, whoever to; then nothing is written. */
export async function insertOAuthAccount(trx: DatabaseTransaction, account: NewOAuthAccount): Promise<boolean> {
  const { id, userId, provider, identity, linkedAt } = account
  const result = await trx
    .insertInto('oauth_accounts')
    .values({
      id,
      user_id: userId,
      provider,
      issuer: identity.issuer,
      subject: identity.subject,
      email: identity.email ?? null,
      display_name: identity.displayName ?? null,
      linked_at: linkedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return result.numInsertedOrUpdatedRows === 1n
}

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

/** Oldest link first. */
export async function listLinkedIssuers(db: Database | DatabaseTransaction, userId: string): Promise<string[]> {
  const links = db.selectFrom('oauth_accounts').select('issuer').where('user_id', '=', userId)
  const rows = await links.orderBy('linked_at').orderBy('id').execute()
  return rows.map(({ issuer }) => issuer)
}

/**
 * Deletes the link if another way to sign in is left: a password and an address, or another link to one of these
 * issuers. The condition stands in the write, so that two removals at once cannot take the last two ways. Gives the
 * provider; undefined when nothing was deleted.
 */
export async function deleteSpareOAuthAccount(
  trx: DatabaseTransaction,
  { userId, id, issuers }: { readonly userId: string; readonly id: string; readonly issuers: readonly string[] },
): Promise<string | undefined> {
  const password = trx
    .selectFrom('users')
    .select('users.id')
    .where('users.id', '=', userId)
    .where('password_hash', 'is not', null)
    .where('email_key', 'is not', null)
  const otherLink = trx
    .selectFrom('oauth_accounts as other')
    .select('other.id')
    .where('other.user_id', '=', userId)
    .where('other.id', '!=', id)
    .where('other.issuer', 'in', issuers)
  // Where nobody's links count, the list would be empty, which is no SQL everywhere.
  const others = issuers.length === 0 ? [password] : [password, otherLink]
  const row = await trx
    .deleteFrom('oauth_accounts')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where((where) => where.or(others.map((other) => where.exists(other))))
    .returning('provider')
    .executeTakeFirst()
  return row?.provider
}
