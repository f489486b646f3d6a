import type { ErrorCode } from './error-code.ts'
import { type FieldError, GuestlistError } from './guestlist-error.ts'
import { GuestlistNetworkError } from './guestlist-network-error.ts'
import { parseRetryAfter } from './retry-after.ts'

/** The body of a successful answer, `undefined` of a 204; throws what any other answer means. */
export function readAnswer(response: Response, text: string): unknown {
  if (response.status === 204) return undefined
  const body = parseJson(text)
  if (response.ok && body !== undefined) return body
  throw problemOf(response, body)
}

/** An answer that Guestlist cannot have sent. */
export function invalidAnswer(status: number, detail: string, retryAfter?: number): GuestlistNetworkError {
  return new GuestlistNetworkError({ code: 'invalid_answer', status, title: 'Unusable answer', detail, retryAfter })
}

function problemOf(response: Response, body: unknown): GuestlistError {
  const { status } = response
  const retryAfter = parseRetryAfter(response.headers.get('retry-after'), Date.now())
  if (!isRecord(body) || typeof body.code !== 'string') {
    return invalidAnswer(
      status,
      `The answer with status ${status} is not one of Guestlist's. Is baseUrl right?`,
      retryAfter,
    )
  }
  return new GuestlistError({
    code: body.code as ErrorCode,
    status,
    title: textOf(body.title) ?? `Status ${status}`,
    detail: textOf(body.detail),
    requestId: textOf(body.requestId),
    errors: Array.isArray(body.errors) ? body.errors.filter(isFieldError) : [],
    retryAfter,
  })
}

/** `undefined` when it is not JSON. The SyntaxError goes no further: it quotes the text, and that may hold a token. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value.path === 'string' && typeof value.message === 'string'
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
