import type { DatabaseTransaction } from '../../db/schema.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { deleteBotToken } from './bot-store.ts'

/** Ends the bot's token; its account stays, for what it wrote is signed with it. False when it had none. */
export async function revokeBot(
  trx: DatabaseTransaction,
  deps: Pick<Deps, 'now' | 'newId'>,
  userId: string,
): Promise<boolean> {
  if (!(await deleteBotToken(trx, userId))) return false
  await insertAuditEvent(trx, deps, { event: 'bot.revoked', userId })
  return true
}
