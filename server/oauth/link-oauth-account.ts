import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { parseBody } from '../http/body.ts'
import { getSession } from '../sessions/authenticate.ts'
import { requireRecentSignIn } from '../sessions/recent-sign-in.ts'
import { providerName } from './provider-name.ts'
import { getReturnAddress, returnAddress } from './return-address.ts'
import { getProvider, OAuthStart, startFlow } from './start-flow.ts'

const Input = z.strictObject({ returnTo: returnAddress }).meta({ id: 'OAuthLink' })

export const linkOAuthAccount = endpoint<{ provider: string }>(
  {
    id: 'linkOAuthAccount',
    tag: 'OAuth accounts',
    summary: 'Start linking an account at a provider to yours',
    description:
      'It goes on as signing in through the provider does; the code is exchanged with the token of this session. It ' +
      'needs a sign-in within the last 10 minutes.',
    parameters: { provider: providerName },
    body: Input,
    answer: { status: 200, description: 'Where the browser is to go', schema: OAuthStart },
    errors: ['reauthentication_required', 'oauth_failed', 'not_found'],
  },
  (deps) => async (request, response) => {
    const returnTo = getReturnAddress(deps.config, parseBody(request, Input).returnTo)
    const session = getSession(response)
    requireRecentSignIn(deps, session)
    const provider = getProvider(deps, request.params.provider)
    response.json(await startFlow(deps, provider, { returnTo, purpose: { sessionId: session.id }, session }))
  },
)
