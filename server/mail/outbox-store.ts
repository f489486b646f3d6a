import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { Batch, Cleared } from '../housekeeping/batch.ts'
import type { Letter, LetterKind } from './letter.ts'

/** Something that waits to be sent: a letter, or a request whose letter is written when its turn has come. */
export interface Waiting {
  /** Of the mail that comes of it, each time that it is tried. */
  readonly id: string
  readonly kind: LetterKind
  /** As an account has it, or as somebody typed it. */
  readonly recipient: string
  /** Undefined of a request. */
  readonly letter: Letter | undefined
  readonly createdAt: number
  /** How often it was taken up before. */
  readonly tries: number
}

/** Notices have the first turn, always. */
const noticeTurn = 0

/** Writes a letter in the transaction of what it tells. */
export async function insertNotice(
  trx: DatabaseTransaction,
  { id, letter, createdAt }: { readonly id: string; readonly letter: Letter; readonly createdAt: number },
): Promise<void> {
  const { kind, to, userId, subject, text } = letter
  await trx
    .insertInto('outbox')
    .values({
      id,
      kind,
      recipient: to,
      user_id: userId,
      subject,
      text,
      request_key: null,
      network: null,
      site: null,
      turn: noticeTurn,
      created_at: createdAt,
      due_at: createdAt,
      claimed_until: 0,
      tries: 0,
    })
    .execute()
}

interface NewRequest {
  readonly id: string
  readonly kind: LetterKind
  readonly recipient: string
  /** Two requests with the same key are one. */
  readonly key: string
  /** The narrowest and the widest network that it came from. */
  readonly network: string
  readonly site: string
  /** Requests of a higher turn wait for those of a lower one. */
  readonly turn: number
  readonly createdAt: number
}

/** False when one with this key waits already. */
export async function insertRequest(trx: DatabaseTransaction, request: NewRequest): Promise<boolean> {
  const { id, kind, recipient, key, network, site, turn, createdAt } = request
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('outbox')
    .values({
      id,
      kind,
      recipient,
      user_id: null,
      subject: null,
      text: null,
      request_key: key,
      network,
      site,
      turn: noticeTurn + turn,
      created_at: createdAt,
      due_at: createdAt,
      claimed_until: 0,
      tries: 0,
    })
    .onConflict((conflict) => conflict.column('request_key').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** How many requests wait: all, those from a network, and those from its site. */
export async function countRequests(
  db: Database | DatabaseTransaction,
  { network, site }: { readonly network: string; readonly site: string },
): Promise<{ all: number; network: number; site: number }> {
  const row = await db
    .selectFrom('outbox')
    .select(({ fn }) => [
      fn.countAll<number>().as('all'),
      fn.countAll<number>().filterWhere('network', '=', network).as('network'),
      fn.countAll<number>().filterWhere('site', '=', site).as('site'),
    ])
    .where('network', 'is not', null)
    .executeTakeFirstOrThrow()
  return row
}

/** Takes the newest request of the site that has the most, if it has more than so many; false when none has. */
export async function deleteOfLargestSite(trx: DatabaseTransaction, more: number, now: number): Promise<boolean> {
  const largest = await trx
    .selectFrom('outbox')
    .select(({ fn }) => ['site', fn.countAll<number>().as('requests')])
    .where('network', 'is not', null)
    .groupBy('site')
    .orderBy('requests', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (largest === undefined || largest.requests <= more) return false
  const newest = trx
    .selectFrom('outbox')
    .select('id')
    .where('site', '=', largest.site)
    .where('claimed_until', '<=', now)
    .orderBy('turn', 'desc')
    .orderBy('created_at', 'desc')
    .limit(1)
  const { numDeletedRows } = await trx.deleteFrom('outbox').where('id', 'in', newest).executeTakeFirstOrThrow()
  return numDeletedRows === 1n
}

/** Takes the next in turn up for a while, so that no other process does; undefined when nothing is due. */
export async function claimNext(
  trx: DatabaseTransaction,
  now: number,
  claimedUntil: number,
): Promise<Waiting | undefined> {
  const next = await trx
    .selectFrom('outbox')
    .select(['id', 'claimed_until'])
    .where('due_at', '<=', now)
    .where('claimed_until', '<=', now)
    .orderBy('turn')
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst()
  if (next === undefined) return undefined
  const row = await trx
    .updateTable('outbox')
    // Whoever asks from now on asks for another.
    .set({ claimed_until: claimedUntil, request_key: null })
    .where('id', '=', next.id)
    .where('claimed_until', '=', next.claimed_until)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { id, recipient, user_id: userId, subject, text, created_at: createdAt, tries } = row
  const kind = row.kind as LetterKind
  const isWhole = userId !== null && subject !== null && text !== null
  const letter = isWhole ? { userId, kind, to: recipient, subject, text } : undefined
  return { id, kind, recipient, letter, createdAt, tries }
}

/** Goes on holding what is under way. */
export async function extendClaims(db: Database, ids: readonly string[], claimedUntil: number): Promise<void> {
  if (ids.length === 0) return
  await db.updateTable('outbox').set({ claimed_until: claimedUntil }).where('id', 'in', ids).execute()
}

/** Lets it wait until it is due again. */
export async function putOff(
  db: Database,
  id: string,
  { dueAt, tries }: { dueAt: number; tries: number },
): Promise<void> {
  await db.updateTable('outbox').set({ due_at: dueAt, claimed_until: 0, tries }).where('id', '=', id).execute()
}

/** It was sent, or nothing comes of it. */
export async function deleteWaiting(db: Database | DatabaseTransaction, id: string): Promise<void> {
  await db.deleteFrom('outbox').where('id', '=', id).execute()
}

/** What a restored data file would send once more. */
export async function deleteAllWaiting(trx: DatabaseTransaction): Promise<number> {
  const { numDeletedRows } = await trx.deleteFrom('outbox').executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** How many notices and how many requests wait. */
export async function countWaiting(db: Database): Promise<{ notices: number; requests: number }> {
  return await db
    .selectFrom('outbox')
    .select(({ fn }) => [
      fn.countAll<number>().filterWhere('network', 'is', null).as('notices'),
      fn.countAll<number>().filterWhere('network', 'is not', null).as('requests'),
    ])
    .executeTakeFirstOrThrow()
}

/** What has waited for too long where no mail is sent any more. */
export async function deleteForgottenMail(
  trx: DatabaseTransaction,
  { limit }: Batch<true>,
  since: number,
): Promise<Cleared<true>> {
  const oldest = trx
    .selectFrom('outbox')
    .select('id')
    .where('created_at', '<=', since)
    .orderBy('created_at')
    .limit(limit)
  const { numDeletedRows } = await trx.deleteFrom('outbox').where('id', 'in', oldest).executeTakeFirstOrThrow()
  const deleted = Number(numDeletedRows)
  return { deleted, next: deleted === limit || undefined }
}
