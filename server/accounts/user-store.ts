import type { Insertable, Selectable } from 'kysely'
import type { Database, DatabaseTransaction, UserTable } from '../../db/schema.ts'
import type { PasswordHash } from '../passwords/password-hashing.ts'
import type { User } from './user.ts'

/** A user with what only the server needs to know. */
export interface Account {
  readonly user: User
  readonly email: string | null
  readonly passwordHash: PasswordHash | undefined
  readonly isDisabled: boolean
  readonly lastSeenAt: number | undefined
}

export const accountColumns = [
  'users.id',
  'users.email',
  'users.username',
  'users.display_name',
  'users.avatar_url',
  'users.is_bot',
  'users.password_hash',
  'users.disabled_at',
  'users.last_seen_at',
] as const

type AccountRow = Omit<Selectable<UserTable>, 'email_key' | 'created_at' | 'owner_id'>

export function toAccount(row: AccountRow): Account {
  return {
    user: {
      id: row.id,
      username: row.username,
      displayName: row.display_name,
      avatarUrl: row.avatar_url,
      isBot: row.is_bot === 1,
    },
    email: row.email,
    passwordHash: (row.password_hash ?? undefined) as PasswordHash | undefined,
    isDisabled: row.disabled_at !== null,
    lastSeenAt: row.last_seen_at ?? undefined,
  }
}

/** Email addresses are compared without case. */
export const toEmailKey = (email: string): string => email.toLowerCase()

export async function findAccountById(db: Database | DatabaseTransaction, id: string): Promise<Account | undefined> {
  const row = await db.selectFrom('users').select(accountColumns).where('id', '=', id).executeTakeFirst()
  return row && toAccount(row)
}

/** Those that there are, in no order; one list, however long, is one statement. */
export async function listAccountsById(db: Database, ids: readonly string[]): Promise<Account[]> {
  const rows = await db
    .selectFrom(({ fn, val }) => fn<{ value: string }>('json_each', [val(JSON.stringify(ids))]).as('listed'))
    .innerJoin('users', 'users.id', 'listed.value')
    .select(accountColumns)
    .execute()
  return rows.map(toAccount)
}

export async function findAccountByEmail(
  db: Database | DatabaseTransaction,
  email: string,
): Promise<Account | undefined> {
  const key = toEmailKey(email)
  const row = await db.selectFrom('users').select(accountColumns).where('email_key', '=', key).executeTakeFirst()
  return row && toAccount(row)
}

export async function findAccountByUsername(
  db: Database | DatabaseTransaction,
  username: string,
): Promise<Account | undefined> {
  const row = await db.selectFrom('users').select(accountColumns).where('username', '=', username).executeTakeFirst()
  return row && toAccount(row)
}

/** Which of the two names an account already has; the email address counts first. */
export async function findTakenName(
  db: Database | DatabaseTransaction,
  { email, username }: { email: string; username: string },
): Promise<'email' | 'username' | undefined> {
  const emailKey = toEmailKey(email)
  const rows = await db
    .selectFrom('users')
    .select('email_key')
    .where((where) => where.or([where('email_key', '=', emailKey), where('username', '=', username)]))
    .execute()
  if (rows.length === 0) return undefined
  return rows.some((row) => row.email_key === emailKey) ? 'email' : 'username'
}

/** Whether anybody has joined; bots have not. */
export async function hasUsers(db: Database | DatabaseTransaction): Promise<boolean> {
  const person = db.selectFrom('users').select('id').where('is_bot', '=', 0).limit(1)
  return (await person.executeTakeFirst()) !== undefined
}

/** Anybody, where it does not matter who. */
export async function findSomeUserId(trx: DatabaseTransaction): Promise<string | undefined> {
  return (await trx.selectFrom('users').select('id').limit(1).executeTakeFirst())?.id
}

/** Which of these names accounts have already. */
export async function listTakenNames(
  db: Database,
  names: { emailKeys: readonly string[]; usernames: readonly string[] },
): Promise<{ emailKeys: (string | null)[]; usernames: string[] }> {
  const byEmail = await db.selectFrom('users').select('email_key').where('email_key', 'in', names.emailKeys).execute()
  const byName = await db.selectFrom('users').select('username').where('username', 'in', names.usernames).execute()
  return { emailKeys: byEmail.map((row) => row.email_key), usernames: byName.map((row) => row.username) }
}

export interface NewUser {
  readonly user: User
  readonly email: string | null
  readonly passwordHash: PasswordHash | undefined
  readonly createdAt: number
  /** Whose bot it is. */
  readonly ownerId?: string | undefined
}

/** False when the email address or the username is taken; then nothing is written. */
export async function insertUser(trx: DatabaseTransaction, created: NewUser): Promise<boolean> {
  const result = await trx
    .insertInto('users')
    .values(toUserRow(created))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return result.numInsertedOrUpdatedRows === 1n
}

export const toUserRow = ({ user, email, passwordHash, createdAt, ownerId }: NewUser): Insertable<UserTable> => ({
  id: user.id,
  email,
  email_key: email === null ? null : toEmailKey(email),
  username: user.username,
  display_name: user.displayName,
  avatar_url: user.avatarUrl,
  is_bot: user.isBot ? 1 : 0,
  password_hash: passwordHash ?? null,
  created_at: createdAt,
  disabled_at: null,
  last_seen_at: null,
  owner_id: ownerId ?? null,
})

/** Changes what is given; undefined when the user is gone. */
export async function updateProfile(
  db: Database,
  id: string,
  changes: { displayName?: string | undefined; avatarUrl?: string | null | undefined },
): Promise<Account | undefined> {
  const row = await db
    .updateTable('users')
    .set((column) => ({
      display_name: changes.displayName ?? column.ref('display_name'),
      avatar_url: changes.avatarUrl === undefined ? column.ref('avatar_url') : changes.avatarUrl,
    }))
    .where('id', '=', id)
    .returning(accountColumns)
    .executeTakeFirst()
  return row && toAccount(row)
}

export async function updatePasswordHash(trx: DatabaseTransaction, id: string, to: PasswordHash): Promise<void> {
  await trx.updateTable('users').set({ password_hash: to }).where('id', '=', id).execute()
}

/** Disables the account, or with undefined enables it; false when it was so before. */
export async function updateDisabled(trx: DatabaseTransaction, id: string, at: number | undefined): Promise<boolean> {
  const result = await trx
    .updateTable('users')
    .set({ disabled_at: at ?? null })
    .where('id', '=', id)
    .where('disabled_at', at === undefined ? 'is not' : 'is', null)
    .executeTakeFirstOrThrow()
  return result.numUpdatedRows === 1n
}

/** With the row goes what belongs to it: sessions, linked accounts, bots, one-time codes. */
export async function deleteUser(trx: DatabaseTransaction, id: string): Promise<boolean> {
  const result = await trx.deleteFrom('users').where('id', '=', id).executeTakeFirstOrThrow()
  return result.numDeletedRows === 1n
}

/** Replaces the hash only while it is still `from`: a password that was changed meanwhile stays. */
export async function replacePasswordHash(
  db: Database | DatabaseTransaction,
  id: string,
  from: PasswordHash | undefined,
  to: PasswordHash,
): Promise<boolean> {
  const result = await db
    .updateTable('users')
    .set({ password_hash: to })
    .where('id', '=', id)
    .where('password_hash', from === undefined ? 'is' : '=', from ?? null)
    .executeTakeFirstOrThrow()
  return result.numUpdatedRows === 1n
}

/** Moves `lastSeenAt` forward, never back. */
export async function updateLastSeen(trx: DatabaseTransaction, id: string, seenAt: number): Promise<void> {
  await trx
    .updateTable('users')
    .set({ last_seen_at: seenAt })
    .where('id', '=', id)
    .where((where) => where.or([where('last_seen_at', 'is', null), where('last_seen_at', '<', seenAt)]))
    .execute()
}
