import { validate as isUuid } from 'uuid'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { id } from '../http/schemas.ts'
import { Profile, toProfile } from './profile.ts'
import { findAccountById } from './user-store.ts'

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
      response.json(toProfile(account, presence))
    },
)
