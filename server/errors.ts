/**
 * Every error that the server answers: its status, the title that never changes, and what to do next.
 * RFC 9457 gives the form (problem details), `AuthError` carries one to the error handler.
 */
export const errorTable = {
  malformed_request: [400, 'Malformed request', 'The body is not valid JSON in UTF-8. Send a JSON object.'],
  token_missing: [401, 'Token missing', 'Send the token as "Authorization: Bearer <token>".'],
  token_invalid: [401, 'Token invalid', 'This is not a token of this server. Sign in again.'],
  token_expired: [
    401,
    'Token expired',
    'Exchange this very token for a fresh one at POST /api/auth/refresh, then repeat the request.',
  ],
  token_reused: [
    401,
    'Token reused',
    'An old token of this session was presented again, so it may have been stolen and the session has been ended. ' +
      'Sign in again.',
  ],
  session_ended: [401, 'Session ended', 'This session is over. Sign in again.'],
  invalid_credentials: [401, 'Invalid credentials', 'The email address or the password is wrong. Check both.'],
  invite_invalid: [403, 'Invite invalid', 'There is no such invite code. Check it, or ask for another.'],
  invite_expired: [403, 'Invite expired', 'This invite code has expired. Ask for another.'],
  invite_used_up: [403, 'Invite used up', 'This invite code has been used up. Ask for another.'],
  account_disabled: [403, 'Account disabled', 'This account has been disabled. Ask the operator of this server.'],
  reauthentication_required: [403, 'Reauthentication required', 'Sign in again, then repeat the request.'],
  reset_code_invalid: [
    403,
    'Reset code invalid',
    'This password reset code is unknown, used or older than 30 minutes. Ask for another.',
  ],
  oauth_failed: [403, 'OAuth failed', 'The provider did not confirm who you are. Start again, or sign in another way.'],
  oauth_flow_invalid: [
    403,
    'OAuth flow invalid',
    'This sign-in through a provider is unknown, used or older than 10 minutes. Start it again in the application.',
  ],
  person_required: [403, 'Person required', 'A bot cannot do this. Use the token of a person who signed in.'],
  not_found: [404, 'Not found', 'There is nothing here under this address or id.'],
  method_not_allowed: [405, 'Method not allowed', 'Use one of the methods that the Allow header lists.'],
  email_taken: [409, 'Email taken', 'There is already an account with this email address. Sign in instead.'],
  username_taken: [409, 'Username taken', 'Somebody already has this username. Choose another.'],
  last_sign_in_method: [
    409,
    'Last sign-in method',
    'This is the only way to sign in to the account. Set a password or link another account first.',
  ],
  bot_limit_reached: [409, 'Bot limit reached', 'You have as many bots as this server allows. Delete one first.'],
  oauth_account_taken: [409, 'OAuth account taken', 'This account of the provider is linked to somebody else.'],
  idempotency_key_reused: [
    409,
    'Idempotency key reused',
    'This Idempotency-Key came with another request before. Make a new key for each new request.',
  ],
  body_too_large: [413, 'Body too large', 'The body may have at most 16 KiB.'],
  unsupported_media_type: [415, 'Unsupported media type', 'Send the body as application/json in UTF-8.'],
  validation_failed: [422, 'Validation failed', 'Correct the fields that are listed under "errors".'],
  weak_password: [422, 'Weak password', 'Choose a longer password: a few words do.'],
  rate_limited: [429, 'Rate limited', 'Too many requests. Wait for as long as Retry-After says.'],
  overloaded: [503, 'Overloaded', 'The server has too much to do. Try again after as long as Retry-After says.'],
  outcome_unknown: [
    503,
    'Outcome unknown',
    'The disk failed at the last moment: nobody knows yet whether this was done. Look, or send it again with the same Idempotency-Key.',
  ],
  database_unavailable: [503, 'Database unavailable', 'Nothing was written. Try again as Retry-After says.'],
  internal_error: [500, 'Internal error', 'The server failed. Give its operator the requestId.'],
} as const satisfies Record<string, readonly [status: number, title: string, detail: string]>

export type ErrorCode = keyof typeof errorTable

export interface FieldError {
  /** Where: the field's name, a header's name, or '' for the whole body. */
  readonly path: string
  readonly message: string
}

interface AuthErrorOptions {
  /** Public: what to do next, where the table's sentence is too general. */
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  /** Public, in seconds. */
  readonly retryAfter?: number
  /** Private: logged, never sent. */
  readonly cause?: unknown
}

/** The one error type: a stable code with a public message, and a private cause. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly code: ErrorCode
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly errors: readonly FieldError[] | undefined
  readonly retryAfter: number | undefined

  constructor(code: ErrorCode, options: AuthErrorOptions = {}) {
    const [status, title, detail] = errorTable[code]
    super(code, { cause: options.cause })
    this.code = code
    this.status = status
    this.title = title
    this.detail = options.detail ?? detail
    this.errors = options.errors
    this.retryAfter = options.retryAfter
  }
}
