import type { RequestHandler } from 'express'
import type { Deps } from '../deps.ts'
import { getIdentity } from './authenticate.ts'
import { endSession } from './session-store.ts'

export const logout =
  (deps: Deps): RequestHandler =>
  async (_request, response) => {
    const { session } = getIdentity(response)
    await endSession(deps.db, session.id, 'logged_out', deps.now())
    deps.presence.disconnect(session)
    deps.generationUse.forget(session.id)
    response.status(204).end()
  }
