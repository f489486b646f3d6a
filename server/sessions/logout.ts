import { endpoint } from '../endpoint.ts'
import { getSession } from './authenticate.ts'
import { forgetSession } from './forget-session.ts'
import { endSession } from './session-store.ts'

export const logout = endpoint(
  {
    id: 'logout',
    tag: 'Sessions',
    summary: 'End the session for good',
    answer: { status: 204, description: 'The session is over, and its tokens with it' },
  },
  (deps) => async (_request, response) => {
    const session = getSession(response)
    await endSession(deps.db, session.id, 'logged_out', deps.now())
    forgetSession(deps, session)
    response.status(204).end()
  },
)
