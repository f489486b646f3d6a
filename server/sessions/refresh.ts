import type { RequestHandler } from 'express'
import type { Deps } from '../deps.ts'
import { readConnectionId } from '../presence/connection.ts'
import { getLiveSession, readBearer } from './authenticate.ts'
import { refreshSession } from './refresh-session.ts'
import { readToken } from './tokens.ts'

export const refresh =
  (deps: Deps): RequestHandler =>
  async (request, response) => {
    const arrival = deps.presence.nextArrival()
    const claims = await readToken(deps, readBearer(request))
    await getLiveSession(deps, claims)
    // Read after everything that is 401, and before the session moves on: a request that is refused changes nothing.
    const connectionId = readConnectionId(request)
    const { token, session } = await refreshSession(deps, claims)
    deps.presence.mark(session, connectionId, arrival)
    response.json({ token })
  }
