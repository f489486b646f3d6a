import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import { CommitOutcomeUnknown } from '../../db/commit-outcome.ts'
import { isDatabaseUnavailable } from '../../db/database-error.ts'
import { AuthError } from '../errors.ts'
import { problemOf } from './problem.ts'

export const notFound: RequestHandler = () => {
  throw new AuthError('not_found')
}

/** Turns whatever was thrown into problem details; what it was thrown for is logged and never sent. */
export const errorHandler =
  (log: Logger): ErrorRequestHandler =>
  (thrown, _request, response, next) => {
    const error = toAuthError(thrown)
    const { requestId } = response.locals
    const { code } = error
    if (error.status >= 500 && code !== 'overloaded')
      log.error({ requestId, code, err: error.cause ?? error }, 'request failed')
    // Without the cause: what a parser says of a body or a token quotes it.
    else log.debug({ requestId, code }, 'request refused')
    if (response.headersSent) return next(thrown)
    sendProblem(response, error)
  }

function sendProblem(response: Response, error: AuthError): void {
  if (error.status === 401) response.set('WWW-Authenticate', challengeOf(error))
  if (error.retryAfter !== undefined) response.set('Retry-After', String(error.retryAfter))
  const body = JSON.stringify(problemOf(error, response.locals.requestId))
  response.status(error.status).type('application/problem+json').send(body)
}

/** RFC 6750, section 3: without a token no error code; `detail` holds no quotation mark and no backslash. */
function challengeOf({ code, detail }: AuthError): string {
  const realm = 'Bearer realm="guestlist"'
  if (code === 'token_missing' || code === 'invalid_credentials') return realm
  return `${realm}, error="invalid_token", error_description="${detail}"`
}

function toAuthError(thrown: unknown): AuthError {
  if (thrown instanceof AuthError) return thrown
  if (thrown instanceof CommitOutcomeUnknown)
    return new AuthError('outcome_unknown', { retryAfter: 5, cause: thrown.cause })
  if (isDatabaseUnavailable(thrown)) return new AuthError('database_unavailable', { retryAfter: 1, cause: thrown })
  // Express could not decode the path: so there is nothing under it.
  if (thrown instanceof URIError) return new AuthError('not_found')
  const type = (thrown as { type?: unknown } | null)?.type
  if (type === 'entity.too.large') return new AuthError('body_too_large')
  if (type === 'encoding.unsupported') return new AuthError('unsupported_media_type')
  if (type === 'request.aborted' || type === 'request.size.invalid') return new AuthError('malformed_request')
  return new AuthError('internal_error', { cause: thrown })
}
