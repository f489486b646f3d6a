import type { RequestHandler } from 'express'

/** Several handlers as one: the router looks at each of its own for every request, and these have no path. */
export const inTurn =
  (...handlers: readonly RequestHandler[]): RequestHandler =>
  (request, response, next) => {
    let index = 0
    const goOn = (error?: unknown): void => {
      const handler = handlers[index]
      index += 1
      // As to Express, `null` is no error: `cors` says so of an origin that is not allowed.
      if ((error !== undefined && error !== null) || handler === undefined) next(error)
      else handler(request, response, goOn)
    }
    goOn()
  }
