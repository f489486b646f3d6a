import type { RequestHandler } from 'express'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { parseBody } from '../http/body.ts'
import { getIdentity } from '../sessions/authenticate.ts'
import { avatarUrl, displayName } from './account-fields.ts'
import { updateProfile } from './user-store.ts'

const Input = z.strictObject({ displayName: displayName.optional(), avatarUrl: avatarUrl.optional() })

export const updateMe =
  ({ db }: Deps): RequestHandler =>
  async (request, response) => {
    const changes = parseBody(request, Input)
    const account = await updateProfile(db, getIdentity(response).account.user.id, changes)
    if (account === undefined) throw new AuthError('session_ended')
    response.json(account.user)
  }
