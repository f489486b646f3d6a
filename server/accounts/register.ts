import type { RequestHandler } from 'express'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { parseBody } from '../http/body.ts'
import { readOrigin } from '../http/origin.ts'
import { inviteCode } from '../invites/invite-code.ts'
import { newPassword } from '../passwords/password-rules.ts'
import { displayName, emailAddress, username } from './account-fields.ts'
import { readIdempotencyKey } from './idempotency-key.ts'
import { registerAccount } from './register-account.ts'

const Input = z.strictObject({
  email: emailAddress,
  password: newPassword,
  username,
  displayName: displayName.optional(),
  inviteCode,
})

export const register =
  (deps: Deps): RequestHandler =>
  async (request, response) => {
    const input = parseBody(request, Input)
    const idempotencyKey = readIdempotencyKey(request)
    response.status(201).json(await registerAccount(deps, input, { origin: readOrigin(request), idempotencyKey }))
  }
