import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { parseBody } from '../http/body.ts'
import { readOrigin } from '../http/origin.ts'
import { inviteCode } from '../invites/invite-code.ts'
import { newPassword } from '../passwords/password-rules.ts'
import { displayName, emailAddress, username } from './account-fields.ts'
import { IdempotencyKey, readIdempotencyKey } from './idempotency-key.ts'
import { registerAccount } from './register-account.ts'
import { SignedIn } from './user.ts'

const Input = z
  .strictObject({
    email: emailAddress,
    password: newPassword,
    username,
    displayName: displayName.optional(),
    inviteCode,
  })
  .meta({ id: 'Registration' })

export const register = endpoint(
  {
    id: 'register',
    tag: 'Accounts',
    summary: 'Register with an invite code',
    description:
      'Takes one use of the invite, makes the account and opens a session, or does nothing of it. With an ' +
      '`Idempotency-Key` a request whose answer was lost can be sent again within 24 hours: it answers the same user.',
    body: Input,
    headers: { 'Idempotency-Key': IdempotencyKey },
    answer: { status: 201, description: 'The new user, signed in', schema: SignedIn },
    errors: [
      'weak_password',
      'invite_invalid',
      'invite_expired',
      'invite_used_up',
      'account_disabled',
      'email_taken',
      'username_taken',
      'idempotency_key_reused',
      'overloaded',
    ],
  },
  (deps) => async (request, response) => {
    const input = parseBody(request, Input)
    const idempotencyKey = readIdempotencyKey(request)
    response.status(201).json(await registerAccount(deps, input, { origin: readOrigin(request), idempotencyKey }))
  },
)
