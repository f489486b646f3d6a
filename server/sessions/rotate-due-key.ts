import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { day } from '../durations.ts'
import { findNewestKey } from './key-states.ts'
import { listSigningKeys, type StoredSigningKey } from './signing-key-store.ts'
import { rotateSigningKey } from './signing-keys.ts'

const rotatedAfterMs = 30 * day

/** Makes a new signing key when the newest is 30 days old, or of before signatures had one spelling; nobody is signed out, and no request fails. */
export async function rotateDueKey(deps: Pick<Deps, 'db' | 'log' | 'newId' | 'now'>): Promise<void> {
  const { db, log, now } = deps
  if (!isDue(await listSigningKeys(db), now())) return
  const key = await db.transaction().execute(async (trx) => {
    // Looked at again under the write lock: of several processes on one file one does it.
    if (!isDue(await listSigningKeys(trx), now())) return undefined
    await insertAuditEvent(trx, deps, { event: 'signing_key.rotated', details: { by: 'server' } })
    return await rotateSigningKey(trx, now())
  })
  if (key === undefined) return
  const signsFrom = new Date(key.signsFrom).toISOString()
  log.info({ event: 'signing_key.rotated', keyId: key.id, signsFrom }, 'a new signing key is published, and signs soon')
}

/** Where the clock was put back before all keys, there is none that could be old. */
function isDue(keys: readonly StoredSigningKey[], now: number): boolean {
  const newest = findNewestKey(keys, now)
  return newest !== undefined && (now - newest.createdAt >= rotatedAfterMs || !newest.signsLowS)
}
