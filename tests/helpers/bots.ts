import { createBot } from '../../server/bots/create-bot.ts'
import type { TestServer } from './start-server.ts'

/** A bot of somebody's, or of nobody's; its token and its id. */
export async function addBot(server: TestServer, username: string, ownerId?: string) {
  const { db, ...deps } = server.auth.deps
  const bot = await db.transaction().execute(async (trx) => await createBot(trx, deps, { username, ownerId }))
  if (bot === undefined) throw new Error(`the name ${username} is taken`)
  return { token: bot.token, id: bot.user.id }
}
