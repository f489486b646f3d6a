import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { parseBody } from '../http/body.ts'
import { readOrigin } from '../http/origin.ts'
import { askForResetCode } from '../mail/ask-for-mail.ts'
import { emailAddress } from './account-fields.ts'
import { toEmailKey } from './user-store.ts'

const Input = z.strictObject({ email: emailAddress }).meta({ id: 'PasswordResetRequest' })

/** Looks for no account before it answers: neither answer nor time can tell whether there is one. */
export const requestPasswordReset = endpoint(
  {
    id: 'requestPasswordReset',
    tag: 'Accounts',
    summary: 'Ask for a one-time code for a new password by mail',
    description:
      'The answer is the same whether or not there is such an account. A mail is sent at most once a minute, and while ' +
      'at most five codes of the account are good. `not_found` where this server sends no mail (`passwordReset.byMail` ' +
      'of the configuration).',
    body: Input,
    answer: { status: 204, description: 'If there is such an account, it gets a mail' },
    errors: ['not_found'],
  },
  (deps) => async (request, response) => {
    const { email } = parseBody(request, Input)
    if (deps.mailer === undefined) {
      const detail = 'This server sends no mail. Ask its operator for a password reset code.'
      throw new AuthError('not_found', { detail })
    }
    const { address } = readOrigin(request)
    await askForResetCode(deps, { recipient: email, key: toEmailKey(email), address })
    deps.mailer.wake()
    response.status(204).end()
  },
)
