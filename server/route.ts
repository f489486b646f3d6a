import type { Endpoint } from './endpoint.ts'
import type { RouteHandlers } from './http/build-router.ts'
import type { LimitName } from './http/rate-limits.ts'

/**
 * `token`: a fresh token of a live session is needed, or a bot's. `person`: the same, and a bot's is refused. `own`: the
 * endpoint reads the token in a way of its own.
 */
export type Access = 'token' | 'person' | 'own' | 'public'

/** A row of the route table. */
export type Route = readonly [
  method: RouteHandlers['method'],
  path: string,
  limit: LimitName | 'none',
  access: Access,
  body: 'json' | 'no body',
  endpoint: Endpoint,
]
