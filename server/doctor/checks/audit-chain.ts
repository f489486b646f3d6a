import { verifyAuditChain } from '../../audit/verify-chain.ts'
import { type Check, error } from '../check.ts'

export const auditChain: Check = {
  name: 'audit-chain',
  healthy: 'the chain of audit events is whole',
  async run(setup) {
    const verdict = await verifyAuditChain(await setup.getMigratedDatabase())
    if (verdict.isWhole) return []
    const message = `audit event ${verdict.sequence} breaks the chain: ${verdict.problem}`
    return [error(message, 'somebody has written to the data file: compare it with a backup')]
  },
}
