import type { RequestHandler } from 'express'
import type { Logger } from 'pino'

/** A line a request at level debug: the route, never the address line, a header or a body. */
export const requestLog =
  (log: Logger): RequestHandler =>
  (request, response, next) => {
    if (!log.isLevelEnabled('debug')) return next()
    const startedAt = performance.now()
    response.once('close', () => {
      log.debug(
        {
          requestId: response.locals.requestId,
          method: request.method,
          route: request.route?.path,
          status: response.statusCode,
          ms: Math.round(performance.now() - startedAt),
        },
        response.writableFinished ? 'request' : 'request aborted',
      )
    })
    next()
  }
