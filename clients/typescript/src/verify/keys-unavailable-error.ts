/**
 * The issuer's keys could not be fetched, so nobody can tell whether the token is good: answer 503, never 401, for the
 * sender has done nothing wrong. `cause` is what the fetch failed with.
 */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
  readonly code = 'keys_unavailable'
  /** Seconds until the keys are asked for again; at least 1. */
  readonly retryAfter: number

  constructor(retryAfter: number, options?: ErrorOptions) {
    super("The issuer's keys could not be fetched.", options)
    this.retryAfter = retryAfter
  }
}
