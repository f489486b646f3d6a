import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import type { Origin } from '../http/origin.ts'
import { foldCode } from '../invites/invite-code.ts'
import { getUsableInvite } from '../invites/invite-rules.ts'
import { consumeInvite, insertInviteUse } from '../invites/invite-store.ts'
import { checkPasswordIsNotName, checkPasswordStrength } from '../passwords/password-rules.ts'
import { newSession } from '../sessions/session.ts'
import { insertSession } from '../sessions/session-store.ts'
import { issueToken } from '../sessions/tokens.ts'
import { fingerprint } from './idempotency-key.ts'
import { insertRegistration, type RememberedRequest } from './idempotency-store.ts'
import { findAndReplay } from './replay-registration.ts'
import type { SignedIn, User } from './user.ts'
import { findTakenName, insertUser } from './user-store.ts'

export interface RegistrationInput {
  readonly email: string
  readonly password: string
  readonly username: string
  readonly displayName?: string | undefined
  readonly inviteCode: string
}

interface RegistrationContext {
  readonly origin: Origin
  readonly idempotencyKey: string | undefined
}

/**
 * Makes an account with an invite. The code is looked at first, so that strangers cannot burn hashing time; a use is
 * taken in the transaction that creates the user, so that a failed registration burns none.
 */
export async function registerAccount(
  deps: Deps,
  input: RegistrationInput,
  { origin, idempotencyKey }: RegistrationContext,
): Promise<SignedIn> {
  await checkPasswordStrength(deps, input.password)
  await checkPasswordIsNotName(deps, input.password, input)
  if (idempotencyKey === undefined) return await createAccount(deps, input, origin)
  const request: RememberedRequest = {
    key: idempotencyKey,
    fingerprint: fingerprint([input.email, input.username, input.displayName, foldCode(input.inviteCode)]),
  }
  const replay = async () => await findAndReplay(deps, request, input.password, origin)
  const earlier = await replay()
  if (earlier !== undefined) return earlier
  try {
    return await createAccount(deps, input, origin, request)
  } catch (error) {
    // The same request may have won a race meanwhile and used the code, the names or the key that this one needed.
    const winner = await replay()
    if (winner === undefined) throw error
    return winner
  }
}

async function createAccount(
  deps: Deps,
  input: RegistrationInput,
  origin: Origin,
  request?: RememberedRequest,
): Promise<SignedIn> {
  const invite = await getUsableInvite(deps.db, input.inviteCode, deps.now())
  await refuseTakenNames(deps.db, input)
  const passwordHash = await deps.hashing.hash(input.password, origin.address)
  const user: User = {
    id: deps.newId(),
    username: input.username,
    displayName: input.displayName ?? input.username,
    avatarUrl: null,
    isBot: false,
  }
  const session = newSession(deps, user.id)
  const token = await issueToken(deps, session)
  const now = deps.now()
  await deps.db.transaction().execute(async (trx) => {
    if (request && !(await insertRegistration(trx, { ...request, userId: user.id }, now))) {
      throw new AuthError('idempotency_key_reused')
    }
    await takeUse(trx, invite.id, input.inviteCode, now)
    const isNew = await insertUser(trx, { user, email: input.email, passwordHash, createdAt: now })
    if (!isNew) await refuseTakenNames(trx, input)
    await insertInviteUse(trx, { inviteId: invite.id, userId: user.id, usedAt: now })
    await insertSession(trx, session, origin, { openedBy: 'registration' })
    await deps.signInThrottle.noteSuccess(trx, { email: input.email, address: origin.address })
    await insertAuditEvent(trx, deps, { event: 'account.registered', userId: user.id, sessionId: session.id })
  })
  deps.log.info({ event: 'account.registered', userId: user.id }, 'an account was registered')
  return { token, user }
}

async function takeUse(trx: DatabaseTransaction, inviteId: string, code: string, now: number): Promise<void> {
  if (await consumeInvite(trx, inviteId, now)) return
  // Somebody else took the last use while the password was hashed, or the code was revoked: this throws which.
  await getUsableInvite(trx, code, now)
  throw new AuthError('invite_used_up')
}

async function refuseTakenNames(db: Database | DatabaseTransaction, input: RegistrationInput): Promise<void> {
  const taken = await findTakenName(db, input)
  if (taken !== undefined) throw new AuthError(taken === 'email' ? 'email_taken' : 'username_taken')
}
