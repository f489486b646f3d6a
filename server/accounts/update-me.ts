import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { parseBody } from '../http/body.ts'
import { getIdentity } from '../sessions/authenticate.ts'
import { avatarUrl, displayName } from './account-fields.ts'
import { User } from './user.ts'
import { updateProfile } from './user-store.ts'

const Input = z
  .strictObject({ displayName: displayName.optional(), avatarUrl: avatarUrl.optional() })
  .meta({ id: 'ProfileChanges' })

export const updateMe = endpoint(
  {
    id: 'updateProfile',
    tag: 'Accounts',
    summary: 'Change your display name or avatar',
    description: 'What is left out stays as it is.',
    body: Input,
    answer: { status: 200, description: 'You, as changed', schema: User },
  },
  ({ db, sessionCache, botCache }) =>
    async (request, response) => {
      const changes = parseBody(request, Input)
      const { id } = getIdentity(response).account.user
      const account = await updateProfile(db, id, changes)
      sessionCache.forgetUser(id)
      botCache.forgetUser(id)
      if (account === undefined) throw new AuthError('session_ended')
      response.json(account.user)
    },
)
