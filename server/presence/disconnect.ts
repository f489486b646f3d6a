import type { Request, RequestHandler } from 'express'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { hasBody, parseBody, readJsonBody } from '../http/body.ts'
import { authenticateToken, readBearer } from '../sessions/authenticate.ts'
import { connectionIdForm, isConnectionId, readConnectionId } from './connection.ts'

/** What a closing page sends: `navigator.sendBeacon` cannot set headers. */
const Farewell = z.strictObject({
  token: z.string(),
  connection: z.string().refine(isConnectionId, connectionIdForm).optional(),
})

/** Ends the presence of the connection, at once; the token goes on working. */
export const disconnect =
  (deps: Deps): RequestHandler =>
  async (request, response) => {
    const arrival = deps.presence.nextArrival()
    const farewell = await readFarewell(request)
    const { session } = await authenticateToken(deps, farewell?.token ?? readBearer(request))
    deps.presence.disconnect(session, farewell?.connection ?? readConnectionId(request), arrival)
    response.status(204).end()
  }

/** Undefined when the token is, or ought to be, in the header. */
async function readFarewell(request: Request): Promise<z.output<typeof Farewell> | undefined> {
  if (request.headers.authorization !== undefined || !hasBody(request)) return undefined
  await readJsonBody(request, ['application/json', 'text/plain'])
  return parseBody(request, Farewell)
}
