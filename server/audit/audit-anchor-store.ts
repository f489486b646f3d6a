import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { AuditHead } from './audit-event.ts'

/** The last event that was pruned, which the first one there is follows; undefined while none was. */
export async function findAuditAnchor(db: Database | DatabaseTransaction): Promise<AuditHead | undefined> {
  const row = await db.selectFrom('audit_anchor').select(['sequence', 'hash']).executeTakeFirst()
  return row && { sequence: row.sequence, hash: Buffer.from(row.hash).toString('hex') }
}

/** The hash of an event, also of the one that was pruned last; undefined when it is not there. */
export async function findAuditHash(db: Database, sequence: number): Promise<string | undefined> {
  const anchor = await findAuditAnchor(db)
  if (anchor?.sequence === sequence) return anchor.hash
  const row = await db.selectFrom('audit_events').select('hash').where('sequence', '=', sequence).executeTakeFirst()
  return row && Buffer.from(row.hash).toString('hex')
}

/** Deletes the events between two anchors, the later one included, which takes the place of the earlier one. */
export async function moveAuditAnchor(
  trx: DatabaseTransaction,
  { from, to, prunedAt }: { from: AuditHead | undefined; to: AuditHead; prunedAt: number },
): Promise<void> {
  const first = from?.sequence ?? 0
  const { numDeletedRows } = await trx
    .deleteFrom('audit_events')
    .where('sequence', '>', first)
    .where('sequence', '<=', to.sequence)
    .executeTakeFirstOrThrow()
  if (numDeletedRows !== BigInt(to.sequence - first)) throw new Error('other events are there than were to be pruned')
  const moved = { sequence: to.sequence, hash: Buffer.from(to.hash, 'hex'), pruned_at: prunedAt }
  if (from === undefined) {
    await trx
      .insertInto('audit_anchor')
      .values({ id: 1, ...moved })
      .execute()
    return
  }
  const { numUpdatedRows } = await trx
    .updateTable('audit_anchor')
    .set(moved)
    .where('sequence', '=', from.sequence)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows !== 1n) throw new Error('the anchor of the audit trail is another one by now')
}
