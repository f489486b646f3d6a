import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { finishFlow } from './finish-flow.ts'
import { providerName } from './provider-name.ts'
import { getProvider } from './start-flow.ts'

export const finishOAuth = endpoint<{ provider: string }>(
  {
    id: 'finishOAuth',
    tag: 'OAuth accounts',
    summary: 'Come back from a provider',
    description:
      'Where providers send browsers back to; register this address there. What stands in its query is what OAuth 2.0 ' +
      '(RFC 6749, section 4.1.2) and RFC 9207 name.',
    parameters: { provider: providerName },
    answer: { status: 303, description: 'On to the application, with `oauth_code` in the query' },
    errors: ['oauth_flow_invalid', 'not_found', 'database_unavailable', 'outcome_unknown'],
  },
  (deps) => async (request, response) => {
    const provider = getProvider(deps, request.params.provider)
    // To be looked at is not to come back.
    if (request.method === 'HEAD') throw new AuthError('oauth_flow_invalid')
    const [, ...query] = request.originalUrl.split('?')
    const location = await finishFlow(deps, provider, new URLSearchParams(query.join('?')))
    response.status(303).set('Location', location).end()
  },
)
