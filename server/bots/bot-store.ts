import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { type Account, accountColumns, toAccount } from '../accounts/user-store.ts'
import type { BotTokenHash } from './bot-token.ts'

export interface BotToken {
  readonly userId: string
  readonly tokenHash: BotTokenHash
  readonly createdAt: number
  /** Undefined: never. */
  readonly expiresAt: number | undefined
}

export interface FoundBot {
  readonly account: Account
  readonly isOwnerDisabled: boolean
  readonly expiresAt: number | undefined
  readonly lastUsedAt: number | undefined
}

export async function findBotByToken(db: Database, tokenHash: BotTokenHash): Promise<FoundBot | undefined> {
  const row = await db
    .selectFrom('bot_tokens')
    .innerJoin('users', 'users.id', 'bot_tokens.user_id')
    .leftJoin('users as owners', 'owners.id', 'users.owner_id')
    .select([...accountColumns, 'bot_tokens.expires_at', 'last_used_at', 'owners.disabled_at as owner_disabled_at'])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()
  return (
    row && {
      account: toAccount(row),
      isOwnerDisabled: row.owner_disabled_at !== null,
      expiresAt: row.expires_at ?? undefined,
      lastUsedAt: row.last_used_at ?? undefined,
    }
  )
}

export async function insertBotToken(trx: DatabaseTransaction, token: BotToken): Promise<void> {
  await trx
    .insertInto('bot_tokens')
    .values({
      user_id: token.userId,
      token_hash: token.tokenHash,
      created_at: token.createdAt,
      expires_at: token.expiresAt ?? null,
      last_used_at: null,
    })
    .execute()
}

export async function updateBotsLastUsed(
  trx: DatabaseTransaction,
  uses: readonly (readonly [userId: string, usedAt: number])[],
): Promise<void> {
  for (const [userId, usedAt] of uses) {
    await trx.updateTable('bot_tokens').set({ last_used_at: usedAt }).where('user_id', '=', userId).execute()
  }
}

/** False when the bot had no token. */
export async function deleteBotToken(trx: DatabaseTransaction, userId: string): Promise<boolean> {
  const result = await trx.deleteFrom('bot_tokens').where('user_id', '=', userId).executeTakeFirstOrThrow()
  return result.numDeletedRows === 1n
}

export async function countBots(trx: DatabaseTransaction, ownerId: string): Promise<number> {
  const { bots } = await trx
    .selectFrom('users')
    .select(({ fn }) => fn.countAll<number>().as('bots'))
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow()
  return bots
}

/** Removes the bot's account, with its token; false when it is not the owner's. */
export async function deleteBotOfOwner(
  trx: DatabaseTransaction,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<boolean> {
  const result = await trx
    .deleteFrom('users')
    .where('id', '=', id)
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow()
  return result.numDeletedRows === 1n
}

export interface Bot {
  readonly account: Account
  readonly createdAt: number
  readonly ownerUsername: string | undefined
  readonly isOwnerDisabled: boolean
  /** Undefined once it was revoked. */
  readonly token: { readonly expiresAt: number | undefined; readonly lastUsedAt: number | undefined } | undefined
}

/** Newest first; those of one owner, one by its id, or all. */
export async function listBots(
  db: Database | DatabaseTransaction,
  { ownerId, id }: { ownerId?: string; id?: string } = {},
): Promise<Bot[]> {
  const bots = db
    .selectFrom('users')
    .leftJoin('bot_tokens', 'bot_tokens.user_id', 'users.id')
    .leftJoin('users as owners', 'owners.id', 'users.owner_id')
    .select([
      ...accountColumns,
      'users.created_at',
      'owners.username as owner_username',
      'owners.disabled_at as owner_disabled_at',
    ])
    .select(['bot_tokens.created_at as token_created_at', 'expires_at', 'last_used_at'])
    .where('users.is_bot', '=', 1)
    .orderBy('users.id', 'desc')
  const ofOwner = ownerId === undefined ? bots : bots.where('users.owner_id', '=', ownerId)
  const rows = await (id === undefined ? ofOwner : ofOwner.where('users.id', '=', id)).execute()
  return rows.map((row) => ({
    account: toAccount(row),
    createdAt: row.created_at,
    ownerUsername: row.owner_username ?? undefined,
    isOwnerDisabled: row.owner_disabled_at !== null,
    token:
      row.token_created_at === null
        ? undefined
        : { expiresAt: row.expires_at ?? undefined, lastUsedAt: row.last_used_at ?? undefined },
  }))
}
