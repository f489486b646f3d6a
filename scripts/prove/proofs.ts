import type { Proof } from './proof.ts'
import { auditTrail } from './proofs/audit-trail.ts'
import { inviteUses } from './proofs/invite-uses.ts'
import { keptSecrets } from './proofs/kept-secrets.ts'
import { kills } from './proofs/kills.ts'
import { parallelRefreshes } from './proofs/parallel-refreshes.ts'
import { passwordChange } from './proofs/password-change.ts'
import { revokedInvite } from './proofs/revoked-invite.ts'
import { stolenTokens } from './proofs/stolen-tokens.ts'
import { tamperedTokens } from './proofs/tampered-tokens.ts'

/**
 * All that is proven, in the order of the report. The secrets and the audit trails are looked for in what all others have
 * written; the last one waits half a minute, and has begun before them all.
 */
export const proofs: readonly Proof[] = [
  inviteUses(),
  revokedInvite(),
  parallelRefreshes(),
  passwordChange(),
  tamperedTokens(),
  kills(),
  keptSecrets(),
  auditTrail(),
  stolenTokens(),
]
