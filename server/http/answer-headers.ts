import type { RequestHandler } from 'express'
import helmet from 'helmet'

/** What a server of JSON needs: nothing it sends may be run, framed, sniffed or kept. */
export const securityHeaders: RequestHandler = helmet({
  // Of other hosts of the domain this server knows nothing.
  strictTransportSecurity: { includeSubDomains: false },
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
})

/** Answers are about a person, so nobody keeps them; an endpoint that may be cached says so itself. */
export const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}

/** Names each request, so that an answer can be found in the log. */
export const requestId =
  (newId: () => string): RequestHandler =>
  (_request, response, next) => {
    const id = newId()
    response.locals.requestId = id
    response.set('X-Request-Id', id)
    next()
  }

/** While the server drains, connections are not kept, so that it comes to an end. */
export const closeWhileDraining =
  (isDraining: () => boolean): RequestHandler =>
  (_request, response, next) => {
    if (isDraining()) response.set('Connection', 'close')
    next()
  }
