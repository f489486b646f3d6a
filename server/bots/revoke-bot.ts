import type { DatabaseTransaction } from '../../db/schema.ts'
import type { Account } from '../accounts/user-store.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { deleteBotToken, listBots } from './bot-store.ts'

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

/** Ends the tokens of all bots that somebody owns; gives those that had one. */
export async function revokeBotsOf(
  trx: DatabaseTransaction,
  deps: Pick<Deps, 'now' | 'newId'>,
  ownerId: string,
): Promise<Account[]> {
  const revoked: Account[] = []
  for (const { account } of await listBots(trx, { ownerId })) {
    if (await revokeBot(trx, deps, account.user.id)) revoked.push(account)
  }
  return revoked
}
