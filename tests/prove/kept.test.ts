import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
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
import { proofs } from '../../scripts/prove/proofs.ts'
import { judge, runProofs, type Verdict } from '../../scripts/prove/run-proofs.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { copyServer, pastShortGraceMs, quickHashes, shortGrace, someWaiting, startTrial } from '../helpers/trials.ts'

/** What `npm run prove` tries, less often. */
const quick: readonly Proof[] = [
  inviteUses({ atOnce: 6, uses: 2 }),
  revokedInvite({ atOnce: someWaiting }),
  parallelRefreshes({ rounds: 4 }),
  passwordChange({ others: 1 }),
  tamperedTokens(),
  kills({ times: 1 }),
  keptSecrets(),
  auditTrail(),
]

test('the server, as it is, keeps every promise', async (t) => {
  t.timeout(120_000)
  const seen: Verdict[] = []
  const watcher = { onBegin: () => {}, onVerdict: (verdict: Verdict) => seen.push(verdict) }
  const verdicts = await runProofs(quick, startTrial(t, projectFolder), watcher)
  t.deepEqual(seen, verdicts)
  for (const { name, isKept, problems } of verdicts) t.true(isKept, `${name}: ${problems.join('\n')}`)
  const counts = Object.fromEntries(verdicts.map(({ name, counts }) => [name, counts]))
  t.like(counts['invite-uses'], { accepted: 2, refused: 4, otherAnswers: 0, rowsOfUsers: 2 })
  t.like(counts['parallel-refreshes'], { refreshes: 80, refused: 0, liveSessions: 1 })
  t.like(counts.kills, { kills: 1, lost: 0 })
  t.true(Number(counts.kills?.refreshes) > 10)
  t.like(counts['kept-secrets'], { found: 0 })
  t.like(counts['audit-trail'], { trails: quick.length, bytesChanged: 1, noticed: 1 })
})

test('a server whose half minute is a quarter of a second finds every theft out', async (t) => {
  const trial = startTrial(t, copyServer(t, [quickHashes, shortGrace]))
  const { isKept, problems, counts } = await judge(stolenTokens({ waitMs: pastShortGraceMs }), trial)
  t.true(isKept, problems.join('\n'))
  t.deepEqual(counts, { thefts: 6, foundOut: 6, inTheAuditTrail: 6, othersEnded: 0 })
})

test('all of them are tried, each under a name of its own', (t) => {
  const names = proofs.map(({ name }) => name)
  t.deepEqual(names, [...quick.map(({ name }) => name), 'stolen-tokens'])
})

test('the README shows each of them in its own words', (t) => {
  const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8')
  for (const { promise } of proofs) t.true(readme.includes(`  ${promise}: `), promise)
})

test('a promise for which nothing was looked at is not kept, and neither is one whose trial broke off', async (t) => {
  const trial = startTrial(t, projectFolder)
  const nothing: Proof = { name: 'nothing', promise: 'nothing', prove: async () => {} }
  t.like(await judge(nothing, trial), { isKept: false })
  const broken: Proof = {
    name: 'broken',
    promise: 'broken',
    prove: async (_trial, evidence) => {
      evidence.expect('one', 1, 1)
      throw new Error('the server is gone')
    },
  }
  t.like(await judge(broken, trial), { isKept: false, problems: ['the server is gone'] })
})
