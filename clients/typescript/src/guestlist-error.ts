import type { ErrorCode, NetworkErrorCode } from './error-code.ts'

/** One refused field: the path of the field in the body, such as `displayName`, and what is wrong with it. */
export interface FieldError {
  readonly path: string
  readonly message: string
}

/** What a {@link GuestlistError} is made of. */
export interface GuestlistErrorFields<Code extends string = ErrorCode | NetworkErrorCode> {
  code: Code
  status: number
  title: string
  detail?: string | undefined
  requestId?: string | undefined
  errors?: readonly FieldError[] | undefined
  retryAfter?: number | undefined
  cause?: unknown
}

/**
 * A request that failed. Decide by `code`; `title` and `detail` are for people and may change their wording.
 *
 * Of this very class it is what the server answered (RFC 9457); without a usable answer it is the subclass
 * `GuestlistNetworkError`. No error ever holds a token.
 */
export class GuestlistError extends Error {
  override readonly name: string = 'GuestlistError'
  /** The stable code. A newer server may send one that the type does not list. */
  readonly code: ErrorCode | NetworkErrorCode
  /** The HTTP status; 0 when no answer came. */
  readonly status: number
  /** What kind of problem this is, in a few words. */
  readonly title: string
  /** What happened this time and what to do next; may be empty. */
  readonly detail: string
  /** The id under which the server's log knows this request. */
  readonly requestId: string | undefined
  /** The refused fields of a `validation_failed`; else empty. */
  readonly errors: readonly FieldError[]
  /** Seconds to wait before trying again, from `Retry-After` (RFC 9110, section 10.2.3). */
  readonly retryAfter: number | undefined

  constructor(fields: GuestlistErrorFields) {
    super(`${fields.detail || fields.title} (${fields.code})`, 'cause' in fields ? { cause: fields.cause } : undefined)
    this.code = fields.code
    this.status = fields.status
    this.title = fields.title
    this.detail = fields.detail ?? ''
    this.requestId = fields.requestId
    this.errors = fields.errors ?? []
    this.retryAfter = fields.retryAfter
  }
}
