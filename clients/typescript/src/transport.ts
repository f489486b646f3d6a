import { invalidAnswer, readAnswer } from './answer.ts'
import type { Clock } from './clock.ts'
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

/** One request for a stream of events. */
export interface StreamRequest {
  readonly path: string
  /** The event behind which the stream is to go on; empty to begin it. */
  readonly lastEventId: string
}

export interface TransportOptions {
  readonly baseUrl: string
  readonly fetch: Fetch
  readonly timeout: number
  readonly clock: Clock
  readonly connection: string
}

/** Sends one request once, with or without a token, and reads the answer. */
export type Send = (request: ApiRequest, token?: string | null) => Promise<unknown>

/** Opens a stream, which goes on until `closing` is aborted; in time, or not at all. */
export type OpenStream = (
  request: StreamRequest,
  token: string | null,
  closing: AbortController,
) => Promise<ReadableStream<Uint8Array>>

export function createTransport(options: TransportOptions): { send: Send; openStream: OpenStream } {
  const { baseUrl, fetch, timeout, clock, connection } = options
  const call = (path: string, init: RequestInit) =>
    fetch(`${baseUrl}/api/auth/${path}`, { ...init, redirect: 'error', credentials: 'omit', cache: 'no-store' })

  const send: Send = async (request, token = null) => {
    const headers = { ...headersOf(request), ...headersWith(token, connection) }
    const init: RequestInit = { method: request.method, headers, signal: AbortSignal.timeout(timeout) }
    if (request.body !== undefined) init.body = JSON.stringify(request.body)
    let response: Response
    let text: string
    try {
      response = await call(request.path, init)
      text = await response.text()
    } catch (cause) {
      throw networkErrorOf(cause, timeout)
    }
    return readAnswer(response, text)
  }

  const openStream: OpenStream = async ({ path, lastEventId }, token, closing) => {
    const headers: Record<string, string> = { Accept: 'text/event-stream', ...headersWith(token, connection) }
    // An id that no header can hold begins the stream anew.
    if (/^[\x21-\x7e]{1,255}$/.test(lastEventId)) headers['Last-Event-ID'] = lastEventId
    const giveUp = () => closing.abort(new DOMException('The answer did not begin in time.', 'TimeoutError'))
    const timer = clock.setTimeout(giveUp, timeout)
    let response: Response
    let text = ''
    try {
      response = await call(path, { method: 'GET', headers, signal: closing.signal })
      if (!response.ok) text = await response.text()
    } catch (cause) {
      throw networkErrorOf(cause, timeout)
    } finally {
      clock.clearTimeout(timer)
    }
    if (!response.ok) readAnswer(response, text)
    return streamOf(response)
  }

  return { send, openStream }
}

function headersOf(request: ApiRequest): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (request.body !== undefined) headers['Content-Type'] = 'application/json'
  if (request.idempotencyKey !== undefined) headers['Idempotency-Key'] = request.idempotencyKey
  return headers
}

function headersWith(token: string | null, connection: string): Record<string, string> {
  return token === null ? {} : { Authorization: `Bearer ${token}`, 'Guestlist-Connection': connection }
}

function streamOf({ status, headers, body }: Response): ReadableStream<Uint8Array> {
  const isStream = status === 200 && /^text\/event-stream\s*(;|$)/i.test(headers.get('content-type') ?? '')
  if (isStream && body) return body
  body?.cancel().catch(() => undefined)
  const detail = isStream
    ? 'The answer cannot be read as a stream: the fetch in use does not support that.'
    : `The answer with status ${status} is no stream of events. Is baseUrl right?`
  throw invalidAnswer(status, detail)
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
