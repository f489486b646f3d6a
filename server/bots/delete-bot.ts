import { endpoint } from '../endpoint.ts'
import { id } from '../http/schemas.ts'
import { getSession } from '../sessions/authenticate.ts'
import { deleteOwnBot } from './own-bots.ts'

export const deleteBot = endpoint<{ id: string }>(
  {
    id: 'deleteBot',
    tag: 'Bots',
    summary: 'Delete a bot of yours for good',
    description: 'Its account goes, and its token is refused from now on.',
    parameters: { id: id.meta({ description: 'The id of a bot of yours.' }) },
    answer: { status: 204, description: 'The bot is gone' },
    errors: ['not_found'],
  },
  (deps) => async (request, response) => {
    await deleteOwnBot(deps, getSession(response), request.params.id.toLowerCase())
    response.status(204).end()
  },
)
