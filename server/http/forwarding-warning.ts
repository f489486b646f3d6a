import type { RequestHandler } from 'express'
import type { Logger } from 'pino'

/** Warns once when a proxy seems to stand in front that `TRUST_PROXY` does not name: all would share one address. */
export function warnOfUntrustedForwarding(log: Logger, isProxyTrusted: boolean): RequestHandler {
  let isWarned = isProxyTrusted
  return (request, _response, next) => {
    if (!isWarned && (request.headers['x-forwarded-for'] ?? request.headers.forwarded) !== undefined) {
      isWarned = true
      log.warn(
        'a request came with forwarding headers, which are ignored: behind a proxy set TRUST_PROXY to the number of ' +
          'proxies (TRUST_PROXY=1 for one), or all your users share one rate limit',
      )
    }
    next()
  }
}
