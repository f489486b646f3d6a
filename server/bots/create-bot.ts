import type { DatabaseTransaction } from '../../db/schema.ts'
import type { User } from '../accounts/user.ts'
import { insertUser } from '../accounts/user-store.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { insertBotToken } from './bot-store.ts'
import { hashBotToken, makeBotToken } from './bot-token.ts'

interface NewBot {
  readonly username: string
  readonly displayName?: string | undefined
  /** Undefined: the operator's. */
  readonly ownerId?: string | undefined
  /** Milliseconds since the epoch; undefined: never. */
  readonly expiresAt?: number | undefined
  /** Undefined: the operator makes it, whoever owns it. */
  readonly by?: 'owner'
}

/** Makes a bot with its token, which is shown this once. Undefined when the username is taken. */
export async function createBot(
  trx: DatabaseTransaction,
  deps: Pick<Deps, 'now' | 'newId' | 'randomBytes'>,
  { username, displayName, ownerId, expiresAt, by }: NewBot,
): Promise<{ token: string; user: User } | undefined> {
  const createdAt = deps.now()
  const user = { id: deps.newId(), username, displayName: displayName ?? username, avatarUrl: null, isBot: true }
  if (!(await insertUser(trx, { user, email: null, passwordHash: undefined, createdAt, ownerId }))) return undefined
  const token = makeBotToken(deps.randomBytes)
  await insertBotToken(trx, { userId: user.id, tokenHash: hashBotToken(token), createdAt, expiresAt })
  await insertAuditEvent(trx, deps, { event: 'bot.created', userId: user.id, ...(by && { details: { by } }) })
  return { token, user }
}
