import type { DatabaseTransaction } from '../../db/schema.ts'
import type { Batch, Cleared } from '../housekeeping/batch.ts'
import { findAuditAnchor, moveAuditAnchor } from './audit-anchor-store.ts'
import { listChainLinks } from './audit-store.ts'
import { chainStart, findBreak } from './chain-link.ts'

/**
 * Deletes events that are too old, from the front of the chain only; the last one's number and hash stay as the anchor.
 * It stops at the first event that is not old, and one of a clock that ran ahead is not: rather too much is kept.
 * The newest event stays, because the next one follows it. What breaks the chain stays too, as evidence.
 *
 * @param retentionMs how long events are kept
 */
export async function pruneAuditEvents(
  trx: DatabaseTransaction,
  { limit, now }: Batch<unknown>,
  retentionMs: number,
): Promise<Cleared<true>> {
  const anchor = await findAuditAnchor(trx)
  const first = anchor ?? chainStart
  let last = first
  // One more than is deleted: the last of them may be the newest.
  const links = await listChainLinks(trx, first.sequence, limit + 1)
  for (const link of links.slice(0, -1)) {
    const { sequence, hash, at } = link.event
    if (at >= now - retentionMs) break
    const problem = findBreak(last, link)
    if (problem !== undefined && last === first) throw new Error(`audit event ${sequence} is not pruned: ${problem}`)
    if (problem !== undefined) break
    last = { sequence, hash }
  }
  const deleted = last.sequence - first.sequence
  if (deleted > 0) await moveAuditAnchor(trx, { from: anchor, to: last, prunedAt: now })
  return { deleted, next: deleted > 0 || undefined }
}
