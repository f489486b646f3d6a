import * as z from 'zod'
import { endpoint } from '../endpoint.ts'

const link = (path: string) => z.string().meta({ format: 'uri', examples: [`http://localhost:3000${path}`] })

const Description = z
  .strictObject({
    name: z.literal('Guestlist'),
    description: z.string().meta({ examples: ['An auth server for communities that people enter by invitation'] }),
    documentation: link('/docs'),
    openapi: link('/openapi.json'),
    issuer: link(''),
    configuration: link('/api/auth/config'),
    jwks: link('/.well-known/jwks.json'),
    operations: z.array(z.string().meta({ examples: ['GET /api/auth/me'] })),
  })
  .meta({ id: 'ServerDescription' })

/** Says what this server is, to whoever opens its address. */
export const describeServer = endpoint(
  {
    id: 'describeServer',
    tag: 'Service',
    summary: 'Read what this server is',
    answer: { status: 200, description: 'What it is, and where its documentation lies', schema: Description },
  },
  ({ config, routes }) =>
    (_request, response) => {
      response.json({
        name: 'Guestlist',
        description: 'An auth server for communities that people enter by invitation',
        documentation: `${config.publicUrl}/docs`,
        openapi: `${config.publicUrl}/openapi.json`,
        issuer: config.publicUrl,
        configuration: `${config.publicUrl}/api/auth/config`,
        jwks: `${config.publicUrl}/.well-known/jwks.json`,
        operations: routes.map(([method, path]) => `${method} ${path}`),
      })
    },
)
