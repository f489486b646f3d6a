import type { Proof } from '../../scripts/prove/proof.ts'
import { auditTrail } from '../../scripts/prove/proofs/audit-trail.ts'
import { inviteUses } from '../../scripts/prove/proofs/invite-uses.ts'
import { keptSecrets } from '../../scripts/prove/proofs/kept-secrets.ts'
import { kills } from '../../scripts/prove/proofs/kills.ts'
import { parallelRefreshes } from '../../scripts/prove/proofs/parallel-refreshes.ts'
import { passwordChange } from '../../scripts/prove/proofs/password-change.ts'
import { revokedInvite } from '../../scripts/prove/proofs/revoked-invite.ts'
import { stolenTokens } from '../../scripts/prove/proofs/stolen-tokens.ts'
import { tamperedTokens } from '../../scripts/prove/proofs/tampered-tokens.ts'
import type { Change } from '../helpers/changed-copy.ts'
import { pastShortGraceMs, someWaiting } from '../helpers/trials.ts'

export interface Fault extends Change {
  /** What the server does wrong, in words. */
  readonly what: string
  /** The promise that it breaks. */
  readonly proof: Proof
  /** What is found. */
  readonly problem: RegExp
  /** What else differs. */
  readonly others?: readonly Change[]
}

const fewUses = inviteUses({ atOnce: 6, uses: 2 })
const thefts = stolenTokens({ waitMs: pastShortGraceMs })

export const faults: readonly Fault[] = [
  {
    what: 'does not count the uses of an invite',
    file: 'server/invites/invite-store.ts',
    from: "column('uses', '+', 1)",
    to: "column('uses', '+', 0)",
    proof: fewUses,
    problem: /^answers: \{"201":6\}/,
  },
  {
    what: 'lets in whoever took no use',
    file: 'server/accounts/register-account.ts',
    from: 'if (await consumeInvite(trx, inviteId, now)) return',
    to: 'await consumeInvite(trx, inviteId, now)\n  return',
    proof: fewUses,
    problem: /^the data file: \{"people":[3-6],"usesCounted":2,/,
  },
  {
    what: 'looks whether an invite is revoked before the hash only',
    file: 'server/invites/invite-store.ts',
    from: "    where('revoked_at', 'is', null),\n",
    to: '',
    proof: revokedInvite({ atOnce: someWaiting }),
    problem: /^answers: \{"201":/,
  },
  {
    what: 'takes the second of two tabs for a thief',
    file: 'server/sessions/refresh-session.ts',
    from: 'if (isBase && Math.abs(deps.now() - session.rotatedAt) < graceMs) return await issueToken(deps, session)',
    to: '',
    proof: parallelRefreshes({ rounds: 2 }),
    problem: /^generations of round 1: |^refreshes of round 2, .*401 token_reused/,
  },
  {
    what: 'answers a thief again after the owner has gone on',
    file: 'server/sessions/refresh-session.ts',
    from: 'if (!isCurrent && !(isBase && !deps.generationUse.isUsed(session.id, session.generation))) {',
    to: 'if (!isCurrent && !isBase) {',
    proof: thefts,
    problem: /^owner refreshes and goes on, thief half a minute later: "200"/,
  },
  {
    what: 'answers every generation of a token',
    file: 'server/sessions/refresh-session.ts',
    from: 'if (!isCurrent && !(isBase && !deps.generationUse.isUsed(session.id, session.generation))) {',
    to: 'if (false) {',
    proof: thefts,
    problem: /^thief refreshes twice, then owner: "200"/,
  },
  {
    what: 'ends a stolen session and does not write it down',
    file: 'server/sessions/refresh-session.ts',
    from: "if (isFirst) await insertAuditEvent(trx, deps, { event: 'session.token_reused', userId, sessionId: id })",
    to: '',
    proof: thefts,
    problem: /^thefts in the audit trail: 0/,
  },
  {
    what: 'leaves the other sessions when a password is changed',
    file: 'server/accounts/replace-password.ts',
    from: "await endSessionsOfUser(trx, userId, 'password_changed', now, sessionId)",
    to: '[]',
    proof: passwordChange({ others: 2 }),
    problem: /^requests of the other sessions, .*"200"/,
  },
  {
    what: 'opens a session by a password that was changed while it was verified',
    file: 'server/accounts/open-session.ts',
    from: 'isSameHash(current.passwordHash, passwordHash)',
    to: 'true',
    proof: passwordChange({ others: 1 }),
    problem: /^sessions of theirs in the data file: [2-9] where 1/,
  },
  {
    what: 'believes what a token says',
    file: 'server/sessions/tokens.ts',
    from: 'return jwt.verify(token, key, ',
    to: 'return jwt.decode(token, ',
    proof: tamperedTokens(),
    problem: /^answers: \{/,
  },
  {
    what: 'loses what SQLite had not brought into the file yet, as a power cut does where nothing is synchronised',
    file: 'db/open-database.ts',
    from: '  upgradeAlone(file)\n  const handle',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
    to: "  process.getBuiltinModule('node:fs').rmSync(`${file}-wal`, { force: true })\n  upgradeAlone(file)\n  const handle",
    proof: kills({ times: 1 }),
    problem: /^refreshes after kill 1, .*401 token_invalid/,
  },
  {
    what: 'lets in whoever took no use, also when their answer was lost by a kill',
    file: 'server/accounts/register-account.ts',
    from: 'if (await consumeInvite(trx, inviteId, now)) return',
    to: 'await consumeInvite(trx, inviteId, now)\n  return',
    proof: kills({ times: 8 }),
    problem: /^the data file after kill \d: /,
  },
  {
    what: 'answers a logout before it is written',
    file: 'server/sessions/end-own-sessions.ts',
    from: "await deps.db.transaction().execute(async (trx) => {\n    if (!(await endSession(trx, id, 'logged_out'",
    to: "await afterAWhile(deps).execute(async (trx) => {\n    if (!(await endSession(trx, id, 'logged_out'",
    proof: kills({ times: 4 }),
    problem: /^sessions that were signed out, after kill \d, .*"200"/,
    others: [
      {
        file: 'server/sessions/end-own-sessions.ts',
        from: 'type EndDeps =',
        to: 'const afterAWhile = ({ db }) => ({ execute: (work) => setTimeout(() => db.transaction().execute(work), 5000) })\ntype EndDeps =',
      },
    ],
  },
  {
    what: 'writes a password into its log',
    file: 'server/accounts/register-account.ts',
    from: "deps.log.info({ event: 'account.registered', ",
    to: "deps.log.info({ password: input.password, event: 'account.registered', ",
    proof: keptSecrets(),
    problem: /^secrets that stand there: 1 where 0/,
  },
  {
    what: 'keeps a password where everybody sees it',
    file: 'server/accounts/register-account.ts',
    from: 'displayName: input.displayName ?? input.username',
    to: 'displayName: input.password',
    proof: keptSecrets(),
    problem: /^secrets that stand there: 1 where 0/,
  },
  {
    what: 'chains an event to nothing',
    file: 'server/audit/audit-store.ts',
    from: 'const previousHash = end?.hash ?? firstPreviousHash',
    to: 'const previousHash = firstPreviousHash',
    proof: auditTrail(),
    problem: /^trails that are broken: \["/,
  },
  {
    what: 'finds every audit trail whole',
    file: 'server/audit/verify-chain.ts',
    from: 'if (problem !== undefined) return await explainBreak',
    to: 'if (problem === "") return await explainBreak',
    proof: auditTrail(),
    problem: /^trails with a changed byte that are broken: 0 where 1/,
  },
]
