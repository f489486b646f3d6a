import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { AuthError, type ErrorCode } from '../errors.ts'
import { hasValidCheckSymbol, symbols } from './crockford.ts'
import { foldCode, hashCode, type InviteCodeHash } from './invite-code.ts'
import { findInvite, type Invite } from './invite-store.ts'

/** The invite of a code that can be used now, or the error that says why not. Reads only. */
export async function getUsableInvite(db: Database | DatabaseTransaction, code: string, now: number): Promise<Invite> {
  return await getUsableInviteByHash(db, hashCode(code), now, () => inviteUnknown(code))
}

/** The same where only the hash of the code is at hand. */
export async function getUsableInviteByHash(
  db: Database | DatabaseTransaction,
  codeHash: InviteCodeHash,
  now: number,
  unknown = () => new AuthError('invite_invalid'),
): Promise<Invite> {
  const invite = await findInvite(db, codeHash)
  if (invite === undefined) throw unknown()
  const refusal = findRefusal(invite, now)
  if (refusal !== undefined) throw new AuthError(refusal)
  return invite
}

/** Whether `getUsableInvite` would give one. */
export async function isUsableInvite(db: Database, code: string, now: number): Promise<boolean> {
  const invite = await findInvite(db, hashCode(code))
  return invite !== undefined && findRefusal(invite, now) === undefined
}

function findRefusal(invite: Invite, now: number): ErrorCode | undefined {
  if (invite.revokedAt !== undefined) return 'invite_invalid'
  if (invite.expiresAt !== undefined && invite.expiresAt <= now) return 'invite_expired'
  if (invite.maxUses !== undefined && invite.uses >= invite.maxUses) return 'invite_used_up'
  return undefined
}

function inviteUnknown(code: string): AuthError {
  const folded = foldCode(code)
  const looksMinted = folded.length === 25 && [...folded].every((symbol) => symbols.includes(symbol))
  if (!looksMinted || hasValidCheckSymbol(folded)) return new AuthError('invite_invalid')
  return new AuthError('invite_invalid', { detail: 'There is a typo in this invite code. Compare it once more.' })
}
