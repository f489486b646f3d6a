import * as z from 'zod'
import { displayName, username } from '../accounts/account-fields.ts'
import { endpoint } from '../endpoint.ts'
import { parseBody } from '../http/body.ts'
import { getSession } from '../sessions/authenticate.ts'
import { BotWithToken, expiresAt, toBot, toFuture } from './bot.ts'
import { createOwnBot } from './own-bots.ts'

const Input = z.strictObject({ username, displayName: displayName.optional(), expiresAt }).meta({ id: 'NewBot' })

export const addBot = endpoint(
  {
    id: 'createBot',
    tag: 'Bots',
    summary: 'Make a bot',
    description:
      'An account with `isBot: true` that belongs to you, and its token. The token does not expire unless `expiresAt` says ' +
      'so, cannot be refreshed, and is refused where a person is needed. The bot goes when your account goes.',
    body: Input,
    answer: { status: 201, description: 'The bot, with its token', schema: BotWithToken },
    errors: ['username_taken', 'bot_limit_reached'],
  },
  (deps) => async (request, response) => {
    const { expiresAt: time, ...names } = parseBody(request, Input)
    const expiresAt = toFuture(time, deps.now())
    const { token, bot } = await createOwnBot(deps, getSession(response), { ...names, expiresAt })
    response.status(201).json({ token, bot: toBot(bot, deps) })
  },
)
