import { endpoint } from '../endpoint.ts'
import { id } from '../http/schemas.ts'
import { getSession } from './authenticate.ts'
import { endOwnSession } from './end-own-sessions.ts'

export const endSession = endpoint<{ id: string }>(
  {
    id: 'endSession',
    tag: 'Sessions',
    summary: 'End one of your sessions for good',
    description: 'Its tokens are refused from now on. The session of this request may be ended too.',
    parameters: { id: id.meta({ description: 'The id of a session of yours.' }) },
    answer: { status: 204, description: 'The session is over' },
    errors: ['not_found'],
  },
  (deps) => async (request, response) => {
    const { userId } = getSession(response)
    await endOwnSession(deps, { id: request.params.id.toLowerCase(), userId })
    response.status(204).end()
  },
)
