import type { Account } from '../accounts/user-store.ts'
import type { Deps } from '../deps.ts'
import { hour } from '../durations.ts'
import { AuthError } from '../errors.ts'
import { findBotByToken } from './bot-store.ts'
import { hashBotToken } from './bot-token.ts'

/** Written so seldom that a busy bot does not keep the disk busy. */
const lastUsedEveryMs = hour

/** The bot whose token this is. One that is unknown, revoked or expired cannot be refreshed: `token_invalid`. */
export async function authenticateBot(
  { db, now, botUse, botCache }: Pick<Deps, 'db' | 'now' | 'botUse' | 'botCache'>,
  token: string,
): Promise<Account> {
  const tokenHash = hashBotToken(token)
  const key = tokenHash.toString('base64url')
  const bot = botCache.find(key) ?? (await botCache.load(key, () => findBotByToken(db, tokenHash)))
  if (bot === undefined || (bot.expiresAt !== undefined && bot.expiresAt <= now())) {
    const detail = 'This token of a bot is unknown, revoked or expired. Ask whoever made the bot for another.'
    throw new AuthError('token_invalid', { detail })
  }
  const { account, isOwnerDisabled, lastUsedAt } = bot
  if (account.isDisabled || isOwnerDisabled) throw new AuthError('session_ended', { detail: 'This bot was disabled.' })
  // Either way: after a clock that was put back, the last use would lie ahead for long.
  if (lastUsedAt === undefined || Math.abs(now() - lastUsedAt) >= lastUsedEveryMs) {
    botUse.note(account.user.id, now())
  }
  return account
}
