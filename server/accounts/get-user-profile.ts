import { validate as isUuid } from 'uuid'
import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { id, timestamp } from '../http/schemas.ts'
import { User } from './user.ts'
import { findAccountById } from './user-store.ts'

const Profile = z
  .strictObject({
    ...User.shape,
    presence: z.strictObject({
      status: z.enum(['online', 'offline']),
      lastSeenAt: timestamp.nullable(),
    }),
  })
  .meta({ id: 'Profile', description: 'A user and whether they are online; never an email address.' })

export const getUserProfile = endpoint<{ id: string }>(
  {
    id: 'getUserProfile',
    tag: 'Accounts',
    summary: 'Read the profile of a user',
    parameters: { id: id.meta({ description: 'The id of a user.' }) },
    answer: { status: 200, description: 'The user, and whether they are online', schema: Profile },
    errors: ['not_found'],
  },
  ({ db, presence }) =>
    async (request, response) => {
      const userId = request.params.id.toLowerCase()
      const account = isUuid(userId) ? await findAccountById(db, userId) : undefined
      if (account === undefined) throw new AuthError('not_found')
      const lastSeenAt = presence.findLastSeen(userId) ?? account.lastSeenAt
      response.json({
        ...account.user,
        presence: {
          status: presence.isOnline(userId) ? 'online' : 'offline',
          lastSeenAt: lastSeenAt === undefined ? null : new Date(lastSeenAt).toISOString(),
        },
      })
    },
)
