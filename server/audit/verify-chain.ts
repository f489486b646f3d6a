import { firstPreviousHash } from '../../db/audit-hash.ts'
import type { Database } from '../../db/schema.ts'
import type { AuditHead } from './audit-event.ts'
import { listChainLinks } from './audit-store.ts'

const pageSize = 1000

export type ChainVerdict =
  | { readonly isWhole: true; readonly events: number; readonly head: AuditHead | undefined }
  | { readonly isWhole: false; readonly sequence: number; readonly id: string | undefined; readonly problem: string }

/**
 * Walks the whole chain. It proves that no event was changed, taken out or put in between; that the newest were not
 * cut off, only a head noted elsewhere can prove: give it as `seen`.
 */
export async function verifyAuditChain(
  db: Database,
  { seen, onProgress = () => {} }: { seen?: AuditHead | undefined; onProgress?: (events: number) => void } = {},
): Promise<ChainVerdict> {
  let head: AuditHead | undefined
  let previousHash = Buffer.from(firstPreviousHash).toString('hex')
  let hashOfSeen: string | undefined
  for (;;) {
    const links = await listChainLinks(db, head?.sequence ?? 0, pageSize)
    for (const { event, expectedHash, previousHash: saidBefore } of links) {
      const { sequence, id, hash } = event
      const broken = (problem: string): ChainVerdict => ({ isWhole: false, sequence, id, problem })
      if (sequence !== (head?.sequence ?? 0) + 1) return broken('the event before it is missing')
      if (saidBefore !== previousHash) return broken('it does not follow the event before it')
      if (hash !== expectedHash) return broken('it was changed after it was written')
      previousHash = hash
      head = { sequence, hash }
      if (sequence === seen?.sequence) hashOfSeen = hash
    }
    onProgress(head?.sequence ?? 0)
    if (links.length < pageSize) break
  }
  if (seen !== undefined && hashOfSeen !== seen.hash) {
    const problem =
      hashOfSeen === undefined ? 'it was there once and is missing' : 'it is not the one that was there once'
    return { isWhole: false, sequence: seen.sequence, id: undefined, problem }
  }
  return { isWhole: true, events: head?.sequence ?? 0, head }
}
