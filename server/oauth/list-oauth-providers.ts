import * as z from 'zod'
import { endpoint } from '../endpoint.ts'

const OAuthProvider = z
  .strictObject({
    name: z.string().meta({ description: 'Stands in the paths of its operations.', examples: ['github'] }),
    label: z.string().meta({ description: 'What to write on its button.', examples: ['GitHub'] }),
  })
  .meta({ id: 'OAuthProvider' })

export const listOAuthProviders = endpoint(
  {
    id: 'listOAuthProviders',
    tag: 'OAuth accounts',
    summary: 'List the providers through which people can sign in',
    answer: { status: 200, description: 'The providers, by name', schema: z.array(OAuthProvider) },
  },
  ({ oauthProviders }) =>
    (_request, response) => {
      response.json([...oauthProviders.values()].map(({ name, label }) => ({ name, label })))
    },
)
