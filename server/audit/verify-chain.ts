import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { findAuditAnchor } from './audit-anchor-store.ts'
import type { AuditHead } from './audit-event.ts'
import { findEventBehind, listChainLinks } from './audit-store.ts'
import { chainStart, findBreak } from './chain-link.ts'

const pageSize = 1000

export interface BrokenChain {
  readonly isWhole: false
  readonly sequence: number
  readonly id: string | undefined
  readonly problem: string
}

export type ChainVerdict =
  | {
      readonly isWhole: true
      /** How many there are. */
      readonly events: number
      readonly head: AuditHead | undefined
      /** The last event that was pruned. */
      readonly anchor: AuditHead | undefined
    }
  | BrokenChain
  /** Of what there is all is whole, but it begins behind the head that was noted. */
  | (Omit<BrokenChain, 'id'> & { readonly isPruned: true })

interface VerifyOptions {
  readonly seen?: AuditHead | undefined
  readonly onProgress?: (events: number) => void
}

/**
 * Walks the whole chain, from the anchor where old events were pruned. It proves that no event was changed, taken out or
 * put in between; that the newest were not cut off, only a head noted elsewhere can prove: give it as `seen`.
 *
 * All of it is one moment of the data file: pruning goes on meanwhile. No other query of this connection does.
 */
export async function verifyAuditChain(db: Database, options: VerifyOptions = {}): Promise<ChainVerdict> {
  return await db
    .transaction()
    .setAccessMode('read only')
    .execute(async (trx) => await walkChain(trx, options))
}

async function walkChain(
  trx: DatabaseTransaction,
  { seen, onProgress = () => {} }: VerifyOptions,
): Promise<ChainVerdict> {
  const anchor = await findAuditAnchor(trx)
  const first = anchor ?? chainStart
  let last = first
  let hashOfSeen = seen?.sequence === first.sequence ? first.hash : undefined
  // Not from the anchor: what stands before it does not belong there.
  for (let after = 0; ; after = last.sequence) {
    const links = await listChainLinks(trx, after, pageSize)
    for (const link of links) {
      const { sequence, id, hash } = link.event
      const problem = findBreak(last, link)
      if (problem !== undefined) return await explainBreak(trx, last, { isWhole: false, sequence, id, problem })
      last = { sequence, hash }
      if (sequence === seen?.sequence) hashOfSeen = hash
    }
    onProgress(last.sequence - first.sequence)
    if (links.length < pageSize) break
  }
  // The newest is never pruned.
  if (anchor !== undefined && last === anchor) return missing(anchor.sequence + 1)
  if (seen !== undefined && seen.sequence < first.sequence) {
    const problem = `it was pruned, as all up to ${first.sequence} were: a newer head is needed`
    return { isWhole: false, isPruned: true, sequence: seen.sequence, problem }
  }
  if (seen !== undefined && hashOfSeen === undefined) return missing(seen.sequence)
  if (seen !== undefined && hashOfSeen !== seen.hash) {
    return { isWhole: false, sequence: seen.sequence, id: undefined, problem: 'it is not the one that was there once' }
  }
  return {
    isWhole: true,
    events: last.sequence - first.sequence,
    head: last.sequence === 0 ? undefined : last,
    anchor,
  }
}

const missing = (sequence: number): BrokenChain => ({
  isWhole: false,
  sequence,
  id: undefined,
  problem: 'it was there once and is missing',
})

/** Where another event stands in the place of one whose number was changed, that one is to be named. */
async function explainBreak(trx: DatabaseTransaction, last: AuditHead, broken: BrokenChain): Promise<BrokenChain> {
  if (broken.sequence <= last.sequence + 1) return broken
  const moved = await findEventBehind(trx, last.hash)
  if (moved === undefined || moved.sequence === broken.sequence) return broken
  return { isWhole: false, sequence: moved.sequence, id: moved.id, problem: 'its number was changed' }
}
