import type { Evidence } from './evidence.ts'
import type { Trial } from './trial.ts'

/** A promise of the server, and how it is seen to be kept. A new one is a file that exports it, and a line in `proofs.ts`. */
export interface Proof {
  readonly name: string
  /** What is promised, as a sentence without a full stop. */
  readonly promise: string
  /** It begins first, beside the others. */
  readonly mostlyWaits?: boolean
  prove(trial: Trial, evidence: Evidence): Promise<void>
}
