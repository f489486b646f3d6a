import { firstPreviousHash } from '../../db/audit-hash.ts'
import type { AuditEvent, AuditHead } from './audit-event.ts'

/** A stored event with what the chain says of it. */
export interface ChainLink {
  readonly event: AuditEvent
  /** The hash that it should have, after the one that it says stands before it. */
  readonly expectedHash: string
  readonly previousHash: string
}

/** What the very first event follows. */
export const chainStart: AuditHead = { sequence: 0, hash: Buffer.from(firstPreviousHash).toString('hex') }

/** Why an event is not the one behind `before`, as it was written; undefined when it is. */
export function findBreak(before: AuditHead, { event, expectedHash, previousHash }: ChainLink): string | undefined {
  if (event.sequence <= before.sequence) return `it is there, and all up to ${before.sequence} were pruned`
  if (event.sequence !== before.sequence + 1) return 'the event before it is missing'
  if (previousHash !== before.hash) return 'it does not follow the event before it'
  if (event.hash !== expectedHash) return 'it was changed after it was written'
  return undefined
}
