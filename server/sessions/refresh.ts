import { RefreshedToken } from '../accounts/user.ts'
import { authenticateBot } from '../bots/authenticate-bot.ts'
import { isBotToken } from '../bots/bot-token.ts'
import type { Deps } from '../deps.ts'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { readConnectionId } from '../presence/connection.ts'
import { getLiveSession, readBearer } from './authenticate.ts'
import { refreshSession } from './refresh-session.ts'
import { readToken } from './tokens.ts'

export const refresh = endpoint(
  {
    id: 'refreshToken',
    tag: 'Sessions',
    summary: 'Exchange the token for a fresh one',
    description:
      'Takes the bearer token, expired or not. A token of a generation that was replaced and used since is a stolen one: ' +
      'the session ends at once, with `token_reused`.',
    answer: { status: 200, description: 'A fresh token', schema: RefreshedToken },
    errors: [
      'token_missing',
      'token_invalid',
      'token_reused',
      'session_ended',
      'person_required',
      'validation_failed',
      'database_unavailable',
      'outcome_unknown',
    ],
  },
  (deps) => async (request, response) => {
    const arrival = deps.presence.nextArrival()
    const token = readBearer(request)
    if (isBotToken(token)) await refuseBot(deps, token)
    const claims = await readToken(deps, token)
    const { session } = await getLiveSession(deps, claims)
    // Read after everything that is 401, and before the session moves on: a request that is refused changes nothing.
    const connectionId = readConnectionId(request)
    // Before the wait: an account that is deleted meanwhile must not come back online.
    deps.presence.mark(session, connectionId, arrival)
    response.json({ token: await refreshSession(deps, claims, session) })
  },
)

/** A bot's token is good until it expires or is revoked, and there is none to exchange it for. */
async function refuseBot(deps: Deps, token: string): Promise<never> {
  await authenticateBot(deps, token)
  throw new AuthError('person_required')
}
