import type { AuthError, FieldError } from '../errors.ts'

/** Problem details (RFC 9457) with the members that every error of this server has. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly requestId: string
  readonly errors?: readonly FieldError[]
}

export function problemOf({ code, title, status, detail, errors }: AuthError, requestId: string): Problem {
  const type = `urn:problem-type:guestlist:${code}`
  return { type, title, status, detail, code, requestId, ...(errors && { errors }) }
}
