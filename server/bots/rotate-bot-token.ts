import type { DatabaseTransaction } from '../../db/schema.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { deleteBotToken, insertBotToken } from './bot-store.ts'
import { hashBotToken, makeBotToken } from './bot-token.ts'

/** Puts a new token in the place of the one that the bot had, if it had one; it is shown this once. */
export async function rotateBotToken(
  trx: DatabaseTransaction,
  deps: Pick<Deps, 'now' | 'newId' | 'randomBytes'>,
  { userId, expiresAt, by }: { userId: string; expiresAt: number | undefined; by?: 'owner' },
): Promise<string> {
  const token = makeBotToken(deps.randomBytes)
  await deleteBotToken(trx, userId)
  await insertBotToken(trx, { userId, tokenHash: hashBotToken(token), createdAt: deps.now(), expiresAt })
  await insertAuditEvent(trx, deps, { event: 'bot.token_rotated', userId, ...(by && { details: { by } }) })
  return token
}
