import type { Selectable } from 'kysely'
import type { Database, InviteTable } from '../../db/schema.ts'
import type { InviteCodeHash } from './invite-code.ts'
import { type Invite, isUsable, toInvite } from './invite-store.ts'

/** An invite as the operator sees it. */
export interface ListedInvite extends Invite {
  /** Of a random code; undefined for a custom one, of which nothing is kept. */
  readonly firstGroup: string | undefined
  readonly createdAt: number
  readonly note: string | undefined
}

const listedColumns = [
  'id',
  'uses',
  'max_uses',
  'expires_at',
  'revoked_at',
  'first_group',
  'created_at',
  'note',
] as const

function toListedInvite(row: Pick<Selectable<InviteTable>, (typeof listedColumns)[number]>): ListedInvite {
  return {
    ...toInvite(row),
    firstGroup: row.first_group ?? undefined,
    createdAt: row.created_at,
    note: row.note ?? undefined,
  }
}

/** Newest first; how many there are in all stands beside. */
export async function listInvites(
  db: Database,
  { limit, usableAt }: { limit: number; usableAt?: number | undefined },
): Promise<{ invites: ListedInvite[]; total: number }> {
  let matching = db.selectFrom('invites')
  if (usableAt !== undefined) matching = matching.where((where) => isUsable(where, usableAt))
  const rows = await matching.select(listedColumns).orderBy('id', 'desc').limit(limit).execute()
  const { total } = await matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return { invites: rows.map(toListedInvite), total }
}

export async function findListedInvite(
  db: Database,
  by: { id: string } | { codeHash: InviteCodeHash },
): Promise<ListedInvite | undefined> {
  const query = db.selectFrom('invites').select(listedColumns)
  const row = await ('id' in by
    ? query.where('id', '=', by.id)
    : query.where('code_hash', '=', by.codeHash)
  ).executeTakeFirst()
  return row && toListedInvite(row)
}

/** Who made an account with the invite, oldest first. */
export async function listInviteUses(db: Database, id: string): Promise<{ username: string; usedAt: number }[]> {
  const rows = await db
    .selectFrom('invite_uses')
    .innerJoin('users', 'users.id', 'invite_uses.user_id')
    .select(['username', 'used_at'])
    .where('invite_id', '=', id)
    .orderBy('used_at')
    .execute()
  return rows.map((row) => ({ username: row.username, usedAt: row.used_at }))
}

/** The invite that an account was made with. */
export async function findInviteOfUser(db: Database, userId: string): Promise<ListedInvite | undefined> {
  const use = await db.selectFrom('invite_uses').select('invite_id').where('user_id', '=', userId).executeTakeFirst()
  return use && (await findListedInvite(db, { id: use.invite_id }))
}
