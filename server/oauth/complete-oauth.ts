import * as z from 'zod'
import { SignedIn } from '../accounts/user.ts'
import { endpoint } from '../endpoint.ts'
import { parseBody } from '../http/body.ts'
import { readOrigin } from '../http/origin.ts'
import { textUpTo } from '../http/schemas.ts'
import { authenticatePerson } from '../sessions/authenticate.ts'
import { completeFlow } from './complete-flow.ts'

const Input = z
  .strictObject({
    code: textUpTo(128).meta({
      description: 'The `oauth_code` that the browser came back with.',
      examples: ['kq9cQmT0yY1r7cQmV3l4T9bYx5sAW2Lr8IYqVJwV0m1'],
    }),
    flowSecret: textUpTo(128).meta({
      description: 'As it was answered when the flow was started.',
      examples: ['W2Lr8IYqVJwV0m1kq9cQmT0yY1r7cQmV3l4T9bYx5sA'],
    }),
  })
  .meta({ id: 'OAuthExchange' })

export const completeOAuth = endpoint(
  {
    id: 'completeOAuth',
    tag: 'OAuth accounts',
    summary: 'Exchange the code that a browser came back with',
    description:
      'Signs in; or makes an account with the invite code that was given at the start; or links, which needs the token ' +
      'of the very session that began it and answers that very token. A code is good once, with its secret, for 10 ' +
      'minutes from the start.',
    body: Input,
    optionalToken: true,
    answer: { status: 200, description: 'The user, signed in', schema: SignedIn },
    errors: [
      'token_missing',
      'token_invalid',
      'token_expired',
      'session_ended',
      'person_required',
      'oauth_flow_invalid',
      'oauth_failed',
      'invite_invalid',
      'invite_expired',
      'invite_used_up',
      'account_disabled',
      'username_taken',
      'oauth_account_taken',
    ],
  },
  (deps) => async (request, response) => {
    const { code, flowSecret } = parseBody(request, Input)
    const getSession = () => authenticatePerson(deps, request)
    response.json(await completeFlow(deps, { code, flowSecret, origin: readOrigin(request), getSession }))
  },
)
