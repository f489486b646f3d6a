import * as z from 'zod'
import { insertAuditEvent } from '../audit/audit-store.ts'
import { revokeBotsOf } from '../bots/revoke-bot.ts'
import type { Deps } from '../deps.ts'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { parseBody } from '../http/body.ts'
import { readOrigin } from '../http/origin.ts'
import { textUpTo } from '../http/schemas.ts'
import { hashCode } from '../invites/invite-code.ts'
import { notifyRecovered } from '../mail/notices.ts'
import { deleteLinksOfUser } from '../oauth/oauth-account-store.ts'
import { checkPasswordIsNotName, checkPasswordStrength, newPassword } from '../passwords/password-rules.ts'
import { forgetUser } from '../sessions/forget-session.ts'
import { endSessionsOfUser } from '../sessions/session-store.ts'
import { consumeResetCode, deleteResetCodes, findResetCodeOwner } from './reset-code-store.ts'
import { type Account, findAccountById, updatePasswordHash } from './user-store.ts'

const Input = z
  .strictObject({ code: textUpTo(200).meta({ examples: ['7KQ2M-X9ZTB-4HJWC'] }), password: newPassword })
  .meta({ id: 'PasswordReset' })

/** Sets a new password with a one-time code, and ends every session of the account. */
export const resetPassword = endpoint(
  {
    id: 'resetPassword',
    tag: 'Accounts',
    summary: 'Set a new password with a one-time code',
    description:
      'The code came by mail, or the operator made it. Every session of the account ends, linked accounts are unlinked, and the ' +
      'tokens of its bots are revoked: nobody can tell which of them somebody else has left there.',
    body: Input,
    answer: { status: 204, description: 'The password is set' },
    errors: ['weak_password', 'reset_code_invalid', 'overloaded'],
  },
  (deps) => async (request, response) => {
    const { code, password } = parseBody(request, Input)
    await checkPasswordStrength(deps, password)
    const codeHash = hashCode(code)
    const account = await getOwner(deps, codeHash)
    await checkPasswordIsNotName(deps, password, { email: account.email, ...account.user })
    await setPassword(deps, account, { codeHash, password, address: readOrigin(request).address })
    response.status(204).end()
  },
)

async function getOwner({ db, now }: Deps, codeHash: Buffer): Promise<Account> {
  const userId = await findResetCodeOwner(db, codeHash, now())
  const account = userId && (await findAccountById(db, userId))
  if (!account) throw new AuthError('reset_code_invalid')
  return account
}

interface NewPassword {
  readonly codeHash: Buffer
  readonly password: string
  /** Where the request comes from. */
  readonly address: string
}

/**
 * Whoever recovers an account has it alone from then on: what somebody else may have left in it ends, for nobody can tell
 * whose it is: sessions, links, tokens of bots, other codes, and networks that are known.
 */
async function setPassword(deps: Deps, account: Account, { codeHash, password, address }: NewPassword): Promise<void> {
  const { db, now, hashing, signInThrottle, log } = deps
  const { id } = account.user
  const passwordHash = await hashing.hash(password, address)
  const bots = await db.transaction().execute(async (trx) => {
    if (!(await consumeResetCode(trx, codeHash, now()))) throw new AuthError('reset_code_invalid')
    await updatePasswordHash(trx, id, passwordHash)
    await deleteResetCodes(trx, id)
    // Flows that link go with their sessions.
    const sessions = await endSessionsOfUser(trx, id, 'password_reset', now())
    const issuers = await deleteLinksOfUser(trx, id)
    const bots = await revokeBotsOf(trx, deps, id)
    if (account.email !== null) await signInThrottle.startAnew(trx, account.email)
    const details = { sessions: sessions.length, links: issuers.length, bots: bots.length }
    await insertAuditEvent(trx, deps, { event: 'password.reset', userId: id, details })
    await notifyRecovered(trx, deps, account, { issuers, bots: bots.map(({ user }) => user.username) })
    return bots
  })
  forgetUser(deps, id)
  for (const bot of bots) forgetUser(deps, bot.user.id)
  log.info({ event: 'password.reset', userId: id }, 'a password was reset')
}
