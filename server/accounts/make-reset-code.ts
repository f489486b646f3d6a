import type { DatabaseTransaction } from '../../db/schema.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { minute } from '../durations.ts'
import { hashCode, makeInviteCode } from '../invites/invite-code.ts'
import { insertResetCode } from './reset-code-store.ts'

export const resetCodeTtlMs = 30 * minute

/** Makes a one-time code for `POST /api/auth/password/reset`. It has the form of an invite, so it can be read out. */
export async function makeResetCode(
  trx: DatabaseTransaction,
  deps: Pick<Deps, 'now' | 'newId' | 'randomBytes'>,
  userId: string,
): Promise<string> {
  const code = makeInviteCode(deps.randomBytes)
  const createdAt = deps.now()
  await insertResetCode(trx, { codeHash: hashCode(code), userId, createdAt, expiresAt: createdAt + resetCodeTtlMs })
  await insertAuditEvent(trx, deps, { event: 'password.reset_code_made', userId })
  return code
}
