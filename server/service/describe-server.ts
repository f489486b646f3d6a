import type { RequestHandler } from 'express'
import type { Deps } from '../deps.ts'

/** Says what this server is, to whoever opens its address. */
export const describeServer =
  ({ config, operations }: Deps): RequestHandler =>
  (_request, response) => {
    response.json({
      name: 'Guestlist',
      description: 'An auth server for communities that people enter by invitation',
      documentation: 'README.md and docs/api.md in the folder of this server',
      issuer: config.publicUrl,
      configuration: `${config.publicUrl}/api/auth/config`,
      jwks: `${config.publicUrl}/.well-known/jwks.json`,
      operations,
    })
  }
