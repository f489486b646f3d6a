import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { parseOptionalBody } from '../http/body.ts'
import { getSession } from './authenticate.ts'
import { endOwnSessions } from './end-own-sessions.ts'
import { forgetSession } from './forget-session.ts'
import { endSession } from './session-store.ts'

const Input = z
  .strictObject({
    scope: z
      .enum(['this', 'others', 'all'])
      .default('this')
      .meta({ description: 'Which sessions of yours end: that of this request, all others, or all.' }),
  })
  .meta({ id: 'Logout' })

export const logout = endpoint(
  {
    id: 'logout',
    tag: 'Sessions',
    summary: 'End the session for good',
    description: 'Without a body the session of this request ends; with `scope` the others, or all of them.',
    body: Input,
    optionalBody: { mediaTypes: ['application/json'] },
    answer: { status: 204, description: 'The sessions are over, and their tokens with them' },
  },
  (deps) => async (request, response) => {
    const session = getSession(response)
    const { scope } = await parseOptionalBody(request, Input)
    if (scope === 'this') {
      await endSession(deps.db, session.id, 'logged_out', deps.now())
      forgetSession(deps, session)
    } else await endOwnSessions(deps, session.userId, scope === 'others' ? session.id : undefined)
    response.status(204).end()
  },
)
