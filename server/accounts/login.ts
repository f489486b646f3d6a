import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { parseBody } from '../http/body.ts'
import { readOrigin } from '../http/origin.ts'
import { signIn } from './sign-in.ts'
import { SignedIn } from './user.ts'

/** Any strings: whatever does not match is `invalid_credentials`, and nobody learns more. */
const Input = z
  .strictObject({
    email: z.string().meta({ examples: ['alice@example.com'] }),
    password: z.string().meta({ examples: ['secure-password'] }),
  })
  .meta({ id: 'Credentials' })

export const login = endpoint(
  {
    id: 'login',
    tag: 'Accounts',
    summary: 'Sign in with email address and password',
    description: 'An unknown address and a wrong password are answered alike.',
    body: Input,
    answer: { status: 200, description: 'The user, signed in', schema: SignedIn },
    errors: ['invalid_credentials', 'account_disabled', 'overloaded'],
  },
  (deps) => async (request, response) => {
    const { email, password } = parseBody(request, Input)
    response.json(await signIn(deps, { email, password, origin: readOrigin(request) }))
  },
)
