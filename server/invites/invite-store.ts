import type { ExpressionBuilder, Selectable } from 'kysely'
import type { Database, DatabaseTransaction, InviteTable, Schema } from '../../db/schema.ts'
import type { InviteCodeHash } from './invite-code.ts'

/** Times are milliseconds since the epoch; undefined means without limit, or not (yet). */
export interface Invite {
  readonly id: string
  readonly uses: number
  readonly maxUses: number | undefined
  readonly expiresAt: number | undefined
  readonly revokedAt: number | undefined
}

export interface NewInvite {
  readonly id: string
  readonly codeHash: InviteCodeHash
  readonly firstGroup: string | undefined
  readonly maxUses: number | undefined
  readonly createdAt: number
  readonly expiresAt: number | undefined
  readonly note: string | undefined
  readonly isFirstStart: boolean
}

export async function findInvite(
  db: Database | DatabaseTransaction,
  hash: InviteCodeHash,
): Promise<Invite | undefined> {
  const row = await db
    .selectFrom('invites')
    .select(['id', 'uses', 'max_uses', 'expires_at', 'revoked_at'])
    .where('code_hash', '=', hash)
    .executeTakeFirst()
  return row && toInvite(row)
}

export function toInvite(
  row: Pick<Selectable<InviteTable>, 'id' | 'uses' | 'max_uses' | 'expires_at' | 'revoked_at'>,
): Invite {
  return {
    id: row.id,
    uses: row.uses,
    maxUses: row.max_uses ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  }
}

/**
 * Takes one use, if there is one to take: the condition stands in the write itself, so that under any concurrency a
 * code with N uses is taken N times. False when nothing was taken.
 */
export async function consumeInvite(trx: DatabaseTransaction, id: string, now: number): Promise<boolean> {
  const result = await trx
    .updateTable('invites')
    .set((column) => ({ uses: column('uses', '+', 1) }))
    .where('id', '=', id)
    .where((where) => isUsable(where, now))
    .executeTakeFirstOrThrow()
  return result.numUpdatedRows === 1n
}

export const isUsable = (where: ExpressionBuilder<Schema, 'invites'>, now: number) =>
  where.and([
    where.or([where('max_uses', 'is', null), where('uses', '<', where.ref('max_uses'))]),
    where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]),
    where('revoked_at', 'is', null),
  ])

export async function insertInviteUse(
  trx: DatabaseTransaction,
  use: { inviteId: string; userId: string; usedAt: number },
): Promise<void> {
  await trx
    .insertInto('invite_uses')
    .values({ invite_id: use.inviteId, user_id: use.userId, used_at: use.usedAt })
    .execute()
}

/** How many were written: fewer than given when a code exists already. */
export async function insertInvites(trx: DatabaseTransaction, invites: readonly NewInvite[]): Promise<number> {
  const result = await trx
    .insertInto('invites')
    .values(
      invites.map((invite) => ({
        id: invite.id,
        code_hash: invite.codeHash,
        first_group: invite.firstGroup ?? null,
        uses: 0,
        max_uses: invite.maxUses ?? null,
        created_at: invite.createdAt,
        expires_at: invite.expiresAt ?? null,
        revoked_at: null,
        created_by: null,
        is_first_start: invite.isFirstStart ? 1 : 0,
        note: invite.note ?? null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return Number(result.numInsertedOrUpdatedRows ?? 0n)
}

/** False when it was revoked before. */
export async function revokeInvite(trx: DatabaseTransaction, id: string, now: number): Promise<boolean> {
  const result = await trx
    .updateTable('invites')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow()
  return result.numUpdatedRows === 1n
}

export async function revokeFirstStartInvites(trx: DatabaseTransaction, now: number): Promise<void> {
  await trx
    .updateTable('invites')
    .set({ revoked_at: now })
    .where('is_first_start', '=', 1)
    .where('revoked_at', 'is', null)
    .execute()
}

/** Revokes every invite that could still be used; gives how many. */
export async function revokeUsableInvites(trx: DatabaseTransaction, now: number): Promise<number> {
  const result = await trx
    .updateTable('invites')
    .set({ revoked_at: now })
    .where((where) => isUsable(where, now))
    .executeTakeFirstOrThrow()
  return Number(result.numUpdatedRows)
}
