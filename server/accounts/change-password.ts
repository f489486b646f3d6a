import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { parseBody } from '../http/body.ts'
import { readOrigin } from '../http/origin.ts'
import { newPassword } from '../passwords/password-rules.ts'
import { getSession } from '../sessions/authenticate.ts'
import { currentPassword } from './account-fields.ts'
import { replacePassword } from './replace-password.ts'
import { RefreshedToken } from './user.ts'

const Input = z.strictObject({ currentPassword, newPassword }).meta({ id: 'PasswordChange' })

export const changePassword = endpoint(
  {
    id: 'changePassword',
    tag: 'Accounts',
    summary: 'Change your password',
    description:
      'Every other session of yours ends; this one goes on. A wrong current password counts as one at sign-in. Whoever ' +
      'has none yet sets one like this, within 10 minutes of a sign-in; the account needs an email address first.',
    body: Input,
    answer: {
      status: 200,
      description: 'The password is changed: a fresh token of this session',
      schema: RefreshedToken,
    },
    errors: ['weak_password', 'invalid_credentials', 'reauthentication_required', 'overloaded'],
  },
  (deps) => async (request, response) => {
    const change = { ...parseBody(request, Input), address: readOrigin(request).address }
    response.json({ token: await replacePassword(deps, getSession(response), change) })
  },
)
