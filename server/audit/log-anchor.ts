import type { Deps } from '../deps.ts'
import { findAuditAnchor } from './audit-anchor-store.ts'

/** Logs up to which audit event all were pruned, each time when that has changed. */
export async function createAnchorLog({ db, log }: Pick<Deps, 'db' | 'log'>): Promise<() => Promise<void>> {
  let known = (await findAuditAnchor(db))?.sequence
  return async () => {
    const anchor = await findAuditAnchor(db)
    if (anchor === undefined || anchor.sequence === known) return
    known = anchor.sequence
    log.info({ event: 'audit.pruned', ...anchor }, 'the audit events up to this one were pruned')
  }
}
