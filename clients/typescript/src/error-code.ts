/**
 * The stable `code` of the server's errors (the problem details of RFC 9457, section 3.2, extended by `code`).
 *
 * A newer server may send codes that this list does not hold yet: keep a default branch.
 */
export type ErrorCode =
  // 400
  | 'malformed_request'
  // 401
  | 'token_missing'
  | 'token_invalid'
  | 'token_expired'
  | 'token_reused'
  | 'session_ended'
  | 'invalid_credentials'
  // 403
  | 'invite_invalid'
  | 'invite_expired'
  | 'invite_used_up'
  | 'account_disabled'
  | 'person_required'
  | 'reauthentication_required'
  // 404, 405
  | 'not_found'
  | 'method_not_allowed'
  // 409
  | 'email_taken'
  | 'username_taken'
  | 'last_sign_in_method'
  | 'oauth_account_taken'
  | 'idempotency_key_reused'
  | 'bot_limit_reached'
  // 413, 415, 422, 429
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'validation_failed'
  | 'weak_password'
  | 'rate_limited'
  // 500, 503
  | 'internal_error'
  | 'overloaded'
  | 'database_unavailable'
  | 'outcome_unknown'
  // signing in through another service, and setting a new password
  | 'oauth_failed'
  | 'oauth_flow_invalid'
  | 'reset_code_invalid'

/**
 * Why there was no usable answer:
 *
 * - `network_error`: none came, or it broke off (the server cannot be reached, a redirect, a CORS refusal)
 * - `timeout`: none came within the client's `timeout`
 * - `aborted`: the `fetch` that was handed to the client gave the request up
 * - `invalid_answer`: one came that Guestlist cannot have sent, such as a proxy's error page
 */
export type NetworkErrorCode = 'network_error' | 'timeout' | 'aborted' | 'invalid_answer'
