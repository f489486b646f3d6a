import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { parseBody } from '../http/body.ts'
import { readOrigin } from '../http/origin.ts'
import { getSession } from '../sessions/authenticate.ts'
import { currentPassword, emailAddress } from './account-fields.ts'
import { OwnAccount } from './own-account.ts'
import { replaceEmail } from './replace-email.ts'

const Input = z.strictObject({ email: emailAddress, currentPassword }).meta({ id: 'EmailChange' })

export const changeEmail = endpoint(
  {
    id: 'changeEmail',
    tag: 'Accounts',
    summary: 'Change your email address',
    description:
      'Sessions go on. A wrong current password counts as one at sign-in. Whoever has none needs a sign-in within the ' +
      'last 10 minutes instead.',
    body: Input,
    answer: { status: 200, description: 'Your account, as changed', schema: OwnAccount },
    errors: ['invalid_credentials', 'reauthentication_required', 'email_taken', 'overloaded'],
  },
  (deps) => async (request, response) => {
    const change = { ...parseBody(request, Input), address: readOrigin(request).address }
    response.json(await replaceEmail(deps, getSession(response), change))
  },
)
