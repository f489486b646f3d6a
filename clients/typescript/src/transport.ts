import { readAnswer } from './answer.ts'
import { GuestlistNetworkError } from './guestlist-network-error.ts'

/** The part of the standard `fetch` that the client calls. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** One request of the API; `path` is what follows `/api/auth/`, already encoded. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly idempotencyKey?: string
  /**
   * Whether it may be sent again: `when undone`, after answers by which the server did nothing; `when unanswered`, also
   * when nobody knows, because done twice it does no harm. Left out, that is so for GET (RFC 9110, section 9.2.2).
   */
  readonly retry?: 'never' | 'when undone' | 'when unanswered'
}

export interface TransportOptions {
  readonly baseUrl: string
  readonly fetch: Fetch
  readonly timeout: number
  readonly connection: string
}

/** Sends one request once, with or without a token, and reads the answer. */
export type Send = (request: ApiRequest, token?: string | null) => Promise<unknown>

export function createTransport({ baseUrl, fetch, timeout, connection }: TransportOptions): Send {
  return async (request, token = null) => {
    const init: RequestInit = {
      method: request.method,
      headers: headersOf(request, token, connection),
      redirect: 'error',
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(timeout),
    }
    if (request.body !== undefined) init.body = JSON.stringify(request.body)
    let response: Response
    let text: string
    try {
      response = await fetch(`${baseUrl}/api/auth/${request.path}`, init)
      text = await response.text()
    } catch (cause) {
      throw networkErrorOf(cause, timeout)
    }
    return readAnswer(response, text)
  }
}

function headersOf(request: ApiRequest, token: string | null, connection: string): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (request.body !== undefined) headers['Content-Type'] = 'application/json'
  if (request.idempotencyKey !== undefined) headers['Idempotency-Key'] = request.idempotencyKey
  if (token !== null) {
    headers.Authorization = `Bearer ${token}`
    headers['Guestlist-Connection'] = connection
  }
  return headers
}

function networkErrorOf(cause: unknown, timeout: number): GuestlistNetworkError {
  const name = cause instanceof Error ? cause.name : ''
  if (name === 'TimeoutError') {
    const detail = `The server did not answer within ${timeout} ms.`
    return new GuestlistNetworkError({ code: 'timeout', status: 0, title: 'No answer in time', detail, cause })
  }
  if (name === 'AbortError') {
    const detail = 'The request was given up before it was answered.'
    return new GuestlistNetworkError({ code: 'aborted', status: 0, title: 'Given up', detail, cause })
  }
  const detail = 'The server could not be reached, or its answer broke off.'
  return new GuestlistNetworkError({ code: 'network_error', status: 0, title: 'No answer', detail, cause })
}
