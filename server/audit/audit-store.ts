import type { Selectable } from 'kysely'
import { firstPreviousHash, hashAuditEvent } from '../../db/audit-hash.ts'
import type { AuditEventTable, Database, DatabaseTransaction } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import type { AuditEvent, AuditHead, NewAuditEvent } from './audit-event.ts'
import type { ChainLink } from './chain-link.ts'

type EventDeps = Pick<Deps, 'newId' | 'now'>

/** Adds an event to the chain, in the transaction of what it records: both are written or neither. */
export async function insertAuditEvent(trx: DatabaseTransaction, deps: EventDeps, event: NewAuditEvent): Promise<void> {
  const row = chainEvent(await findChainEnd(trx), deps, event)
  await trx.insertInto('audit_events').values(row).execute()
}

/**
 * Writes an event and takes it away again in the same transaction, unless it is to be kept: where nothing is recorded,
 * the time that it took must not tell.
 */
export async function insertOrRehearseAuditEvent(
  trx: DatabaseTransaction,
  deps: EventDeps,
  event: NewAuditEvent,
  isKept: boolean,
): Promise<void> {
  const row = chainEvent(await findChainEnd(trx), deps, event)
  await trx.insertInto('audit_events').values(row).execute()
  const noSequence = 0
  await trx
    .deleteFrom('audit_events')
    .where('sequence', '=', isKept ? noSequence : row.sequence)
    .execute()
}

/** The newest event, which the next one follows. */
export interface ChainEnd {
  readonly sequence: number
  readonly hash: Uint8Array
}

/** An event as it stands behind that one; undefined where it is the first. */
export function chainEvent(
  end: ChainEnd | undefined,
  { newId, now }: EventDeps,
  { event, userId, sessionId, details }: NewAuditEvent,
): Selectable<AuditEventTable> {
  const previousHash = end?.hash ?? firstPreviousHash
  const fields = {
    sequence: (end?.sequence ?? 0) + 1,
    id: newId(),
    occurred_at: now(),
    event,
    user_id: userId ?? null,
    session_id: sessionId ?? null,
    details: details === undefined ? null : JSON.stringify(details),
  }
  return { ...fields, previous_hash: previousHash, hash: hashAuditEvent(previousHash, fields) }
}

/** When the newest event was written, by the clock of then. */
export async function findNewestEventTime(db: Database): Promise<number | undefined> {
  const newest = db.selectFrom('audit_events').select('occurred_at').orderBy('sequence', 'desc').limit(1)
  return (await newest.executeTakeFirst())?.occurred_at
}

export async function findAuditHead(db: Database | DatabaseTransaction): Promise<AuditHead | undefined> {
  const last = await findChainEnd(db)
  return last && { sequence: last.sequence, hash: toHex(last.hash) }
}

export interface AuditQuery {
  /** Only events after this one, in the order of the chain. */
  readonly after?: number
  readonly limit: number
  readonly event?: string | undefined
  readonly userId?: string | undefined
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined
  readonly order?: 'oldest first' | 'newest first'
}

export async function listAuditEvents(db: Database, query: AuditQuery): Promise<AuditEvent[]> {
  const { after = 0, limit, event, userId, since, order } = query
  let select = db.selectFrom('audit_events').selectAll().where('sequence', '>', after)
  if (event !== undefined) select = select.where('event', '=', event)
  if (userId !== undefined) select = select.where('user_id', '=', userId)
  if (since !== undefined) select = select.where('occurred_at', '>=', since)
  const rows = await select
    .orderBy('sequence', order === 'newest first' ? 'desc' : 'asc')
    .limit(limit)
    .execute()
  return rows.map(toAuditEvent)
}

export async function listChainLinks(
  db: Database | DatabaseTransaction,
  after: number,
  limit: number,
): Promise<ChainLink[]> {
  const rows = await db
    .selectFrom('audit_events')
    .selectAll()
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    event: toAuditEvent(row),
    expectedHash: toHex(hashAuditEvent(row.previous_hash, row)),
    previousHash: toHex(row.previous_hash),
  }))
}

/** The event that says that it follows this one. */
export async function findEventBehind(
  trx: DatabaseTransaction,
  hash: string,
): Promise<Pick<AuditEvent, 'sequence' | 'id'> | undefined> {
  return await trx
    .selectFrom('audit_events')
    .select(['sequence', 'id'])
    .where('previous_hash', '=', Buffer.from(hash, 'hex'))
    .executeTakeFirst()
}

export async function findChainEnd(db: Database | DatabaseTransaction): Promise<ChainEnd | undefined> {
  return await db
    .selectFrom('audit_events')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
}

function toAuditEvent(row: Selectable<AuditEventTable>): AuditEvent {
  return {
    sequence: row.sequence,
    id: row.id,
    at: row.occurred_at,
    event: row.event,
    userId: row.user_id ?? undefined,
    sessionId: row.session_id ?? undefined,
    details: row.details === null ? undefined : parseDetails(row.details),
    hash: toHex(row.hash),
  }
}

/** Total: a row that was tampered with is still to be shown. */
function parseDetails(text: string): AuditEvent['details'] {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
