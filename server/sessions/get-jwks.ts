import type { RequestHandler } from 'express'
import type { Deps } from '../deps.ts'

/** A new key is published 10 minutes before it signs: half of that is safe to keep. */
const cacheSeconds = 300

export const getJwks =
  ({ signingKeys }: Deps): RequestHandler =>
  async (_request, response) => {
    // Read first: an error must not be kept.
    const keys = await signingKeys.listPublished()
    response.set('Cache-Control', `public, max-age=${cacheSeconds}`)
    response.type('application/jwk-set+json').send(JSON.stringify({ keys }))
  }
