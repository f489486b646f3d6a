import type { Database, DatabaseTransaction } from '../../db/schema.ts'
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

/** False when one with this key waits already: then that is written anew, so that the commit takes as long. */
export async function insertRequest(trx: DatabaseTransaction, request: NewRequest): Promise<boolean> {
  const { id, kind, recipient, key, network, site, turn, createdAt } = request
  const written = await trx
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
    .onConflict((conflict) =>
      conflict.column('request_key').doUpdateSet(({ ref }) => ({ request_key: ref('excluded.request_key') })),
    )
    .returning('id')
    .executeTakeFirstOrThrow()
  return written.id === id
}

interface Claim {
  readonly now: number
  readonly until: number
  /** No row is held, or put off, for longer than until then: one that says so was written before the clock was put back. */
  readonly latestDue: number
  /** Requests of then or before are left to be deleted. */
  readonly requestsSince: number
  /** What this process is at. */
  readonly held: readonly string[]
}

/** Takes the next in turn up for a while, so that no other process does; undefined when nothing is due. */
export async function claimNext(
  trx: DatabaseTransaction,
  { now, until, latestDue, requestsSince, held }: Claim,
): Promise<Waiting | undefined> {
  const next = await trx
    .selectFrom('outbox')
    .select(['id', 'claimed_until'])
    .where(({ or, eb }) => or([eb('due_at', '<=', now), eb('due_at', '>', latestDue)]))
    .where(({ or, eb }) => or([eb('claimed_until', '<=', now), eb('claimed_until', '>', until)]))
    .where(({ or, eb }) => or([eb('network', 'is', null), eb('created_at', '>', requestsSince)]))
    .where('id', 'not in', held)
    .orderBy('turn')
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst()
  if (next === undefined) return undefined
  const row = await trx
    .updateTable('outbox')
    // Whoever asks from now on asks for another.
    .set({ claimed_until: until, request_key: null })
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
