import express, { type RequestHandler, type Router } from 'express'
import { AuthError } from '../errors.ts'

export interface RouteHandlers {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly handlers: readonly RequestHandler[]
}

/** A router of exactly these routes: another method on a known path is 405 with `Allow` (RFC 9110, 15.5.6). */
export function buildRouter(routes: readonly RouteHandlers[]): Router {
  const router = express.Router({ caseSensitive: true, strict: true })
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path)
    const route = router.route(path)
    for (const { method, handlers } of methods) {
      const verb = method.toLowerCase() as Lowercase<typeof method>
      route[verb](...handlers)
    }
    route.all(refuseMethod(methods.map(({ method }) => method)))
  }
  return router
}

function refuseMethod(methods: readonly string[]): RequestHandler {
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  return (request, response) => {
    response.set('Allow', allow)
    if (request.method !== 'OPTIONS') throw new AuthError('method_not_allowed')
    response.status(204).end()
  }
}
