import type { Request } from 'express'
import * as z from 'zod'
import { bearerToken } from '../accounts/user.ts'
import { endpoint } from '../endpoint.ts'
import { hasBody, parseBody, readJsonBody } from '../http/body.ts'
import { authenticateToken, readBearer } from '../sessions/authenticate.ts'
import { ConnectionId, readConnectionId } from './connection.ts'

/** What a closing page sends: `navigator.sendBeacon` cannot set headers. */
const Farewell = z
  .strictObject({
    token: bearerToken.optional(),
    connection: ConnectionId.optional(),
  })
  .meta({ id: 'Farewell' })

/** Ends the presence of the connection, at once; the token goes on working. */
export const disconnect = endpoint(
  {
    id: 'disconnect',
    tag: 'Presence',
    summary: 'Go offline at once',
    description:
      'Ends the presence of the connection that `Guestlist-Connection` names, or of the whole session; the token goes on ' +
      'working, and a stream of presence that is open does not count until it is opened again. A closing page cannot set headers on `navigator.sendBeacon`, so the token may come in the body instead.',
    body: Farewell,
    optionalBody: { mediaTypes: ['application/json', 'text/plain'] },
    answer: { status: 204, description: 'The connection is offline' },
    errors: ['token_missing', 'token_invalid', 'token_expired', 'session_ended'],
  },
  (deps) => async (request, response) => {
    const arrival = deps.presence.nextArrival()
    // Only without a header may the token be in the body: who sends one is known before a body is read.
    const isInHeader = request.headers.authorization !== undefined || !hasBody(request)
    const known = isInHeader ? await authenticateToken(deps, readBearer(request)) : undefined
    const farewell = await readFarewell(request)
    const { presence } = known ?? (await authenticateToken(deps, farewell?.token ?? readBearer(request)))
    const connectionId = readConnectionId(request)
    const left = farewell?.connection ?? connectionId
    deps.presence.disconnect(presence, left, arrival)
    deps.presenceStreams.setAway(presence, left)
    response.status(204).end()
  },
)

async function readFarewell(request: Request): Promise<z.output<typeof Farewell> | undefined> {
  if (!hasBody(request)) return undefined
  await readJsonBody(request, ['application/json', 'text/plain'])
  return parseBody(request, Farewell)
}
