import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { getSession } from '../sessions/authenticate.ts'
import { Bot, toBot } from './bot.ts'
import { listBots } from './bot-store.ts'

export const listOwnBots = endpoint(
  {
    id: 'listBots',
    tag: 'Bots',
    summary: 'List your bots',
    answer: { status: 200, description: 'Your bots, newest first', schema: z.array(Bot) },
  },
  (deps) => async (_request, response) => {
    const bots = await listBots(deps.db, { ownerId: getSession(response).userId })
    response.json(bots.map((bot) => toBot(bot, deps)))
  },
)
