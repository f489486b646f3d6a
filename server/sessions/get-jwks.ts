import * as z from 'zod'
import { endpoint } from '../endpoint.ts'

/** A new key is published 10 minutes before it signs: half of that is safe to keep. */
const cacheSeconds = 300

const coordinate = z.string().meta({ examples: ['f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU'] })

const Jwks = z
  .strictObject({
    keys: z.array(
      z.strictObject({
        kty: z.literal('EC'),
        crv: z.literal('P-256'),
        x: coordinate,
        y: coordinate,
        kid: z.string().meta({ examples: ['oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U'] }),
        alg: z.literal('ES256'),
        use: z.literal('sig'),
        low_s: z
          .literal(true)
          .optional()
          .meta({ description: 'Signatures of this key have the lower s only: one with n − s is a forgery.' }),
      }),
    ),
  })
  .meta({ id: 'JsonWebKeySet' })

export const getJwks = endpoint(
  {
    id: 'getJwks',
    tag: 'Service',
    summary: 'Read the public keys',
    description: 'A JSON Web Key Set (RFC 7517, section 5), with which services verify tokens offline.',
    answer: {
      status: 200,
      description: 'The keys of every token that can still be good',
      schema: Jwks,
      mediaTypes: ['application/jwk-set+json'],
    },
    errors: ['database_unavailable'],
  },
  ({ signingKeys }) =>
    async (_request, response) => {
      // Read first: an error must not be kept.
      const keys = await signingKeys.listPublished()
      response.set('Cache-Control', `public, max-age=${cacheSeconds}`)
      response.type('application/jwk-set+json').send(JSON.stringify({ keys }))
    },
)
