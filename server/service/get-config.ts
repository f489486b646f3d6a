import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { passwordMaxLength } from '../passwords/password-rules.ts'

const PublicConfig = z
  .strictObject({
    password: z.strictObject({
      minLength: z.int().meta({ examples: [15] }),
      maxLength: z.int().meta({ examples: [passwordMaxLength] }),
    }),
    registration: z.strictObject({ inviteRequired: z.boolean() }),
    signInMethods: z.array(z.string()).meta({
      description: '`password`, and the names of the providers through which people can sign in.',
      examples: [['password', 'github']],
    }),
    passwordReset: z.strictObject({
      byMail: z.boolean().meta({ description: 'Whether `POST /api/auth/password/forgot` sends a code by mail.' }),
    }),
  })
  .meta({ id: 'PublicConfig' })

/** What a sign-up form needs to know. */
export const getConfig = endpoint(
  {
    id: 'getConfig',
    tag: 'Service',
    summary: 'Read what a sign-up form needs to know',
    answer: { status: 200, description: 'The rules of this server', schema: PublicConfig },
  },
  ({ config, mailer, oauthProviders }) =>
    (_request, response) => {
      response.json({
        password: { minLength: config.passwordMinLength, maxLength: passwordMaxLength },
        registration: { inviteRequired: true },
        signInMethods: ['password', ...oauthProviders.keys()],
        passwordReset: { byMail: mailer !== undefined },
      })
    },
)
