import type { Request } from 'express'
import { z } from 'zod'
import { token } from '../accounts/user.ts'
import { endpoint } from '../endpoint.ts'
import { hasBody, parseBody, readJsonBody } from '../http/body.ts'
import { authenticateToken, readBearer } from '../sessions/authenticate.ts'
import { ConnectionId, readConnectionId } from './connection.ts'

/** What a closing page sends: `navigator.sendBeacon` cannot set headers. */
const Farewell = z
  .strictObject({
    token,
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
      'working. A closing page cannot set headers on `navigator.sendBeacon`, so the token may come in the body instead.',
    body: Farewell,
    optionalBody: { mediaTypes: ['application/json', 'text/plain'] },
    answer: { status: 204, description: 'The connection is offline' },
    errors: ['token_missing', 'token_invalid', 'token_expired', 'session_ended'],
  },
  (deps) => async (request, response) => {
    const arrival = deps.presence.nextArrival()
    const farewell = await readFarewell(request)
    const { session } = await authenticateToken(deps, farewell?.token ?? readBearer(request))
    deps.presence.disconnect(session, farewell?.connection ?? readConnectionId(request), arrival)
    response.status(204).end()
  },
)

/** Undefined when the token is, or ought to be, in the header. */
async function readFarewell(request: Request): Promise<z.output<typeof Farewell> | undefined> {
  if (request.headers.authorization !== undefined || !hasBody(request)) return undefined
  await readJsonBody(request, ['application/json', 'text/plain'])
  return parseBody(request, Farewell)
}
