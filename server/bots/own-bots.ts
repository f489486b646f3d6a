import type { DatabaseTransaction } from '../../db/schema.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { getLiveSession } from '../sessions/authenticate.ts'
import { forgetUser } from '../sessions/forget-session.ts'
import type { Session } from '../sessions/session.ts'
import { type Bot, countBots, deleteBotOfOwner, listBots } from './bot-store.ts'
import { createBot } from './create-bot.ts'
import { rotateBotToken } from './rotate-bot-token.ts'

export interface BotAndToken {
  readonly token: string
  readonly bot: Bot
}

interface OwnBotInput {
  readonly username: string
  readonly displayName?: string | undefined
  readonly expiresAt: number | undefined
}

/** Makes a bot of the person whose session it is, up to `MAX_BOTS`: counted in the transaction that makes it. */
export async function createOwnBot(deps: Deps, owner: Session, input: OwnBotInput): Promise<BotAndToken> {
  const { maxBots } = deps.config
  return await deps.db.transaction().execute(async (trx) => {
    await requireLive(trx, deps, owner)
    const ownerId = owner.userId
    if ((await countBots(trx, ownerId)) >= maxBots) throw new AuthError('bot_limit_reached', limitDetail(maxBots))
    const created = await createBot(trx, deps, { ...input, ownerId, by: 'owner' })
    if (created === undefined) throw new AuthError('username_taken')
    return { token: created.token, bot: await getOwnBot(trx, owner, created.user.id) }
  })
}

const limitDetail = (maxBots: number) => (maxBots === 0 ? { detail: 'On this server people make no bots.' } : {})

export async function rotateOwnBotToken(
  deps: Deps,
  owner: Session,
  { id, expiresAt }: { id: string; expiresAt: number | undefined },
): Promise<BotAndToken> {
  const rotated = await deps.db.transaction().execute(async (trx) => {
    await requireLive(trx, deps, owner)
    await getOwnBot(trx, owner, id)
    const token = await rotateBotToken(trx, deps, { userId: id, expiresAt, by: 'owner' })
    return { token, bot: await getOwnBot(trx, owner, id) }
  })
  deps.botUse.forget(id)
  forgetUser(deps, id)
  return rotated
}

export async function deleteOwnBot(deps: Deps, owner: Session, id: string): Promise<void> {
  await deps.db.transaction().execute(async (trx) => {
    if (!(await deleteBotOfOwner(trx, { id, ownerId: owner.userId }))) throw new AuthError('not_found')
    await insertAuditEvent(trx, deps, { event: 'account.deleted', userId: id, details: { by: 'owner' } })
  })
  forgetUser(deps, id)
}

async function getOwnBot(trx: DatabaseTransaction, owner: Session, id: string): Promise<Bot> {
  const [bot] = await listBots(trx, { ownerId: owner.userId, id })
  if (bot === undefined) throw new AuthError('not_found')
  return bot
}

/** A bot's token outlives the session that makes it, so none is made by one that has ended by now. */
async function requireLive(trx: DatabaseTransaction, { now }: Deps, session: Session): Promise<void> {
  await getLiveSession({ db: trx, now }, { sid: session.id, sub: session.userId, gen: session.generation })
}
