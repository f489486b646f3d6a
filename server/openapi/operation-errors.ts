import type { ErrorCode } from '../errors.ts'
import type { Route } from '../route.ts'

const bodyErrors = ['malformed_request', 'body_too_large', 'unsupported_media_type', 'validation_failed'] as const
// `validation_failed` is what a bad `Guestlist-Connection` header gets.
const tokenErrors = [
  'token_missing',
  'token_invalid',
  'token_expired',
  'session_ended',
  'validation_failed',
  'database_unavailable',
  'outcome_unknown',
] as const

/** Every code that a route can answer: what comes with its limit, its token and its body, and the endpoint's own. */
export function errorsOf([, , limit, access, , { operation }]: Route): readonly ErrorCode[] {
  const codes: ErrorCode[] = [
    // A request of HTTP/1.1 without a Host header, to whatever path.
    'malformed_request',
    ...(limit === 'none' ? [] : (['rate_limited'] as const)),
    ...(access === 'token' || access === 'person' ? tokenErrors : []),
    ...(access === 'person' ? (['person_required'] as const) : []),
    ...(operation.body === undefined ? [] : ([...bodyErrors, 'database_unavailable', 'outcome_unknown'] as const)),
    ...(operation.query === undefined ? [] : (['validation_failed'] as const)),
    ...(operation.errors ?? []),
    'internal_error',
  ]
  return [...new Set(codes)]
}
