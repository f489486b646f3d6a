import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { parseBody } from '../http/body.ts'
import { emailAddress } from './account-fields.ts'
import { mailResetCode } from './mail-reset-code.ts'

const Input = z.strictObject({ email: emailAddress }).meta({ id: 'PasswordResetRequest' })

/** Answers before it looks whether there is such an account: neither answer nor time can tell. */
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
  (deps) => (request, response) => {
    const { email } = parseBody(request, Input)
    if (deps.mailer === undefined) {
      const detail = 'This server sends no mail. Ask its operator for a password reset code.'
      throw new AuthError('not_found', { detail })
    }
    response.status(204).end()
    deps.mailer.post('reset code', async () => await mailResetCode(deps, email))
  },
)
