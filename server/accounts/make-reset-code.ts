import type { DatabaseTransaction } from '../../db/schema.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { minute } from '../durations.ts'
import { hashCode, makeInviteCode } from '../invites/invite-code.ts'
import {
  consumeResetCode,
  deleteExpiredResetCodesOf,
  deleteResetCodes,
  insertResetCode,
  type ResetCode,
} from './reset-code-store.ts'
import { findSomeUserId } from './user-store.ts'

export const resetCodeTtlMs = 30 * minute

type CodeDeps = Pick<Deps, 'now' | 'newId' | 'randomBytes'>

/**
 * Makes a one-time code for `POST /api/auth/password/reset`, as the operator does: it replaces those before. It has the
 * form of an invite, so it can be read out.
 */
export async function makeResetCode(trx: DatabaseTransaction, deps: CodeDeps, userId: string): Promise<string> {
  await deleteResetCodes(trx, userId)
  return await insertCode(trx, deps, userId, 'operator')
}

/** Makes one that is mailed. Those before stay good: anybody can ask for one, and spoil none by it. */
export async function addResetCode(trx: DatabaseTransaction, deps: CodeDeps, userId: string): Promise<string> {
  await deleteExpiredResetCodesOf(trx, userId, deps.now())
  return await insertCode(trx, deps, userId, 'mail')
}

/**
 * Writes a code for somebody and takes it away again: a commit that has nothing to write is quicker, and whoever sends
 * another request at that moment could tell.
 */
export async function rehearseResetCode(trx: DatabaseTransaction, deps: CodeDeps): Promise<void> {
  const userId = await findSomeUserId(trx)
  if (userId === undefined) return
  const { code, ...row } = newCode(deps, userId)
  await insertResetCode(trx, row)
  await consumeResetCode(trx, row.codeHash, deps.now())
}

async function insertCode(
  trx: DatabaseTransaction,
  deps: CodeDeps,
  userId: string,
  by: 'operator' | 'mail',
): Promise<string> {
  const { code, ...row } = newCode(deps, userId)
  await insertResetCode(trx, row)
  await insertAuditEvent(trx, deps, { event: 'password.reset_code_made', userId, details: { by } })
  return code
}

function newCode({ now, randomBytes }: CodeDeps, userId: string): ResetCode & { readonly code: string } {
  const code = makeInviteCode(randomBytes)
  const createdAt = now()
  return { code, codeHash: hashCode(code), userId, createdAt, expiresAt: createdAt + resetCodeTtlMs }
}
