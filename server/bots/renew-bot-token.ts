import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { parseOptionalBody } from '../http/body.ts'
import { id } from '../http/schemas.ts'
import { getSession } from '../sessions/authenticate.ts'
import { BotWithToken, expiresAt, toBot, toFuture } from './bot.ts'
import { rotateOwnBotToken } from './own-bots.ts'

const Input = z.strictObject({ expiresAt }).meta({ id: 'NewBotToken' })

export const renewBotToken = endpoint<{ id: string }>(
  {
    id: 'rotateBotToken',
    tag: 'Bots',
    summary: 'Give a bot of yours another token',
    description: 'The one before is refused at once. Also for a bot whose token has expired or was revoked.',
    parameters: { id: id.meta({ description: 'The id of a bot of yours.' }) },
    body: Input,
    optionalBody: { mediaTypes: ['application/json'] },
    answer: { status: 200, description: 'The bot, with its new token', schema: BotWithToken },
    errors: ['not_found'],
  },
  (deps) => async (request, response) => {
    const { expiresAt: time } = await parseOptionalBody(request, Input)
    const expiresAt = toFuture(time, deps.now())
    const id = request.params.id.toLowerCase()
    const { token, bot } = await rotateOwnBotToken(deps, getSession(response), { id, expiresAt })
    response.json({ token, bot: toBot(bot, deps) })
  },
)
