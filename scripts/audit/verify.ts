// Checks that no audit event was changed: guestlist audit verify
import { InvalidArgumentError } from '@commander-js/extra-typings'
import { StartupError } from '../../db/startup-error.ts'
import { findAuditAnchor } from '../../server/audit/audit-anchor-store.ts'
import type { AuditHead } from '../../server/audit/audit-event.ts'
import { findAuditHead } from '../../server/audit/audit-store.ts'
import { type ChainVerdict, verifyAuditChain } from '../../server/audit/verify-chain.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { counted, printJson } from '../cli/output.ts'
import { startProgress } from '../cli/progress.ts'

export const verifyAudit = () =>
  command({
    name: 'verify',
    summary: 'Check that no audit event was changed, taken out or put in between',
    details:
      'Only with a head that was noted elsewhere, as the log has it daily, can it tell that the newest were not cut off.',
    examples: [
      ['audit verify', 'walks the whole chain, from where old events were pruned'],
      ['audit verify --seen 1042:9f86d0…', 'and checks that this event is still the one that was noted'],
    ],
  })
    .option('--seen <number:hash>', 'a head that was noted: `audit.head` in the log', parseHead)
    .option('--json', 'print the verdict and nothing else')
    .action(async ({ seen, json }) => {
      await withDataFile(async ({ db }) => {
        const [head, anchor] = [await findAuditHead(db), await findAuditAnchor(db)]
        const progress = startProgress('verifying', (head?.sequence ?? 0) - (anchor?.sequence ?? 0))
        const verdict = await verifyAuditChain(db, { seen, onProgress: progress.update }).finally(progress.stop)
        if (json) printJson(toJson(verdict))
        if (!verdict.isWhole) throw new StartupError(describeProblem(verdict))
        if (!json) describeWhole(verdict)
      })
    })

const toJson = (verdict: ChainVerdict) =>
  verdict.isWhole ? { ...verdict, head: verdict.head ?? null, anchor: verdict.anchor ?? null } : verdict

function describeWhole({ events, head, anchor }: Extract<ChainVerdict, { isWhole: true }>): void {
  console.log(`The audit trail is whole: ${counted(events, 'event')}.`)
  if (anchor !== undefined) console.log(`Those up to number ${anchor.sequence} were pruned.`)
  if (head !== undefined) console.log(`Its head, to be noted elsewhere: ${head.sequence}:${head.hash}`)
}

function describeProblem(verdict: Extract<ChainVerdict, { isWhole: false }>): string {
  const { sequence, problem } = verdict
  if ('isPruned' in verdict) return `audit event ${sequence} cannot be compared: ${problem}`
  return `the audit trail is broken at event ${sequence}${verdict.id ? ` (${verdict.id})` : ''}: ${problem}`
}

function parseHead(text: string): AuditHead {
  const [, sequence, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/i.exec(text) ?? []
  if (sequence === undefined || hash === undefined) {
    throw new InvalidArgumentError('It must be a number, a colon and 64 hexadecimal digits.')
  }
  return { sequence: Number(sequence), hash: hash.toLowerCase() }
}
