import { createHash } from 'node:crypto'

/** What stands in front of the first event. */
export const firstPreviousHash: Uint8Array = new Uint8Array(32)

/** An event as the chain covers it: every column but the two hashes. */
export interface ChainedFields {
  readonly sequence: number
  readonly id: string
  readonly occurred_at: number
  readonly event: string
  readonly user_id: string | null
  readonly session_id: string | null
  /** A JSON object as text. */
  readonly details: string | null
}

/**
 * The hash of an event: SHA-256 (FIPS 180-4) over the 32 bytes of the hash before it and the fields as a JSON array in
 * UTF-8, in the order of `ChainedFields`. Migrations use it too: it never changes.
 */
export function hashAuditEvent(previousHash: Uint8Array, fields: ChainedFields): Uint8Array {
  const { sequence, id, occurred_at, event, user_id, session_id, details } = fields
  const text = JSON.stringify([sequence, id, occurred_at, event, user_id, session_id, details])
  return createHash('sha256').update(previousHash).update(text).digest()
}
