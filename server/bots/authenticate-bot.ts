import type { Account } from '../accounts/user-store.ts'
import type { Deps } from '../deps.ts'
import { hour } from '../durations.ts'
import { AuthError } from '../errors.ts'
import { type FoundBot, findBotByToken } from './bot-store.ts'
import { hashBotToken } from './bot-token.ts'

/** Written so seldom that a busy bot does not keep the disk busy. */
const lastUsedEveryMs = hour

type BotDeps = Pick<Deps, 'db' | 'now' | 'botUse' | 'botCache'>

/** The bot whose token this is. One that is unknown, revoked or expired cannot be refreshed: `token_invalid`. */
export async function authenticateBot(deps: BotDeps, token: string): Promise<Account> {
  const bot = await findKnownBot(deps, token)
  if (bot === undefined || isExpired(bot, deps.now())) {
    const detail = 'This token of a bot is unknown, revoked or expired. Ask whoever made the bot for another.'
    throw new AuthError('token_invalid', { detail })
  }
  if (isDisabled(bot)) throw new AuthError('session_ended', { detail: 'This bot was disabled.' })
  noteUse(deps, bot)
  return bot.account
}

/** From memory where that knows it to be good. What memory would refuse is read anew. */
async function findKnownBot({ db, now, botCache }: BotDeps, token: string): Promise<FoundBot | undefined> {
  const tokenHash = hashBotToken(token)
  const key = tokenHash.toString('base64url')
  const known = botCache.find(key)
  if (known !== undefined && !isExpired(known, now()) && !isDisabled(known)) return known
  return await botCache.load(key, () => findBotByToken(db, tokenHash))
}

const isExpired = ({ expiresAt }: FoundBot, now: number): boolean => expiresAt !== undefined && expiresAt <= now

const isDisabled = ({ account, isOwnerDisabled }: FoundBot): boolean => account.isDisabled || isOwnerDisabled

function noteUse({ botUse, now }: BotDeps, { account, lastUsedAt }: FoundBot): void {
  // Either way: after a clock that was put back, the last use would lie ahead for long.
  if (lastUsedAt !== undefined && Math.abs(now() - lastUsedAt) < lastUsedEveryMs) return
  botUse.note(account.user.id, now())
}
