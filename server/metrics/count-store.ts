import type { Database } from '../../db/schema.ts'

/** A part of a table, counted: as large as can be without a request that notices. */
export interface Piece {
  readonly counts: Readonly<Record<string, number>>
  /** Where the next one begins; undefined when there is nothing more. */
  readonly next: string | undefined
}

const rowsOfPiece = 2000

interface CountedPiece extends Record<string, number | string | null> {
  readonly rows: number
  readonly last: string | null
}

const toPiece = ({ rows, last, ...counts }: CountedPiece): Piece => ({
  counts: Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count ?? 0)])),
  next: rows < rowsOfPiece ? undefined : (last ?? undefined),
})

export async function countUsers(db: Database, after: string): Promise<Piece> {
  const piece = db
    .selectFrom('users')
    .select(['id', 'is_bot', 'disabled_at'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(rowsOfPiece)
    .as('piece')
  const row = await db
    .selectFrom(piece)
    .select(({ fn, eb, ref }) => [
      fn.countAll<number>().as('rows'),
      fn.max('id').as('last'),
      fn.sum<number>(eb(ref('is_bot'), '=', 0)).as('people'),
      fn.sum<number>('is_bot').as('bots'),
      fn.sum<number>(eb('disabled_at', 'is not', null)).as('disabled'),
    ])
    .executeTakeFirstOrThrow()
  return toPiece(row)
}

export async function countSessions(db: Database, after: string, now: number): Promise<Piece> {
  const piece = db
    .selectFrom('sessions')
    .select(['id', 'ended_at', 'expires_at'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(rowsOfPiece)
    .as('piece')
  const row = await db
    .selectFrom(piece)
    .select(({ fn, eb, and }) => [
      fn.countAll<number>().as('rows'),
      fn.max('id').as('last'),
      fn.sum<number>(and([eb('ended_at', 'is', null), eb('expires_at', '>', now)])).as('live'),
    ])
    .executeTakeFirstOrThrow()
  return toPiece(row)
}

export async function countInvites(db: Database, after: string, now: number): Promise<Piece> {
  const piece = db
    .selectFrom('invites')
    .select(['id', 'uses', 'max_uses', 'expires_at', 'revoked_at'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(rowsOfPiece)
    .as('piece')
  const row = await db
    .selectFrom(piece)
    .select(({ fn, eb, and, or, ref }) => [
      fn.countAll<number>().as('rows'),
      fn.max('id').as('last'),
      fn
        .sum<number>(
          and([
            eb('revoked_at', 'is', null),
            or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]),
            or([eb('max_uses', 'is', null), eb('uses', '<', ref('max_uses'))]),
          ]),
        )
        .as('open'),
      fn.sum<number>('uses').as('uses'),
    ])
    .executeTakeFirstOrThrow()
  return toPiece(row)
}
