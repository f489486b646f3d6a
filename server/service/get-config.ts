import type { RequestHandler } from 'express'
import type { Deps } from '../deps.ts'
import { passwordMaxLength } from '../passwords/password-rules.ts'

/** What a sign-up form needs to know. */
export const getConfig =
  ({ config }: Deps): RequestHandler =>
  (_request, response) => {
    response.json({
      password: { minLength: config.passwordMinLength, maxLength: passwordMaxLength },
      registration: { inviteRequired: true },
      signInMethods: ['password'],
    })
  }
