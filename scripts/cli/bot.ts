import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { StartupError } from '../../db/startup-error.ts'
import type { User } from '../../server/accounts/user.ts'
import type { Bot } from '../../server/bots/bot-store.ts'
import { getAccount } from './account.ts'
import { toIso, toMinute } from './output.ts'

export async function getBot(db: Database | DatabaseTransaction, name: string): Promise<User> {
  const { user } = await getAccount(db, name)
  if (!user.isBot) throw new StartupError(`${user.username} is a person, not a bot`)
  return user
}

export function toBotState({ account, isOwnerDisabled, token }: Bot, now: number): string {
  if (account.isDisabled || isOwnerDisabled) return 'disabled'
  if (token === undefined) return 'revoked'
  return token.expiresAt !== undefined && token.expiresAt <= now ? 'expired' : 'good'
}

export const toBotJson = (bot: Bot, now: number) => ({
  ...bot.account.user,
  owner: bot.ownerUsername ?? null,
  createdAt: toIso(bot.createdAt),
  state: toBotState(bot, now),
  expiresAt: toIso(bot.token?.expiresAt),
  lastUsedAt: toIso(bot.token?.lastUsedAt),
})

export const tellToken = (token: string, expiresAt: number | undefined): string =>
  `Its token, good until ${toMinute(expiresAt) ?? 'it is revoked'}:

    ${token}`
