import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { id, timestamp } from '../http/schemas.ts'
import { getSession } from './authenticate.ts'
import { listLiveSessions } from './session-store.ts'

const SignIn = z
  .strictObject({
    id,
    createdAt: timestamp.meta({ description: 'When they signed in.' }),
    lastSeenAt: timestamp.meta({ description: 'When it was last refreshed, or made a request lately.' }),
    userAgent: z
      .string()
      .nullable()
      .meta({ description: 'What the client called itself then.', examples: ['Mozilla/5.0 (X11; Linux x86_64)'] }),
    address: z
      .string()
      .nullable()
      .meta({ description: 'Where they signed in from.', examples: ['192.0.2.7'] }),
    openedBy: z
      .string()
      .nullable()
      .meta({
        description:
          'By what: `password`, `registration`, or the name of the provider. Null of sessions from before this was noted.',
        examples: ['password'],
      }),
    isCurrent: z.boolean().meta({ description: 'Whether it is the one of this request.', examples: [true] }),
  })
  .meta({ id: 'Session' })

export const listSessions = endpoint(
  {
    id: 'listSessions',
    tag: 'Sessions',
    summary: 'List your sessions',
    description:
      'Those that are live, newest first. A person has 200 at most: one more sign-in ends the one that was refreshed ' +
      'longest ago.',
    answer: { status: 200, description: 'Your sessions', schema: z.array(SignIn) },
  },
  ({ db, now, presence }) =>
    async (_request, response) => {
      const current = getSession(response)
      const { userId } = current
      const sessions = await listLiveSessions(db, userId, now())
      response.json(
        sessions.map(({ id, createdAt, refreshedAt, userAgent = null, address = null, openedBy = null }) => {
          const seenAt = presence.findSessionLastSeen({ id, userId }) ?? refreshedAt
          return {
            id,
            createdAt: new Date(createdAt).toISOString(),
            lastSeenAt: new Date(Math.max(refreshedAt, seenAt)).toISOString(),
            userAgent,
            address,
            openedBy,
            isCurrent: id === current.id,
          }
        }),
      )
    },
)
