import { setTimeout as delay } from 'node:timers/promises'

export interface RequestOptions {
  readonly token?: string
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** Those members of answers that the proofs look at. */
interface AnswerBody {
  readonly token?: string
  readonly user?: { readonly id: string; readonly username: string }
  readonly code?: string
  readonly keys?: readonly JsonWebKey[]
}

export type JsonWebKey = import('node:crypto').JsonWebKey & { readonly kid: string }

export interface Answer {
  readonly status: number
  readonly body: AnswerBody
  /** Like "201" or "403 invite_used_up". */
  readonly outcome: string
  /** How often the server had no time for it before. */
  readonly putOff: number
}

/** The server has gone before its answer had come whole: nobody knows what became of the request. */
export class NoAnswer extends Error {}

/** The server answers whatever it takes on within 20 seconds. */
const longestMs = 60_000
const mostPutOff = 10

/**
 * One request and its answer, whatever it is. The server puts off what it has no time for, with 503 `overloaded`; on a
 * slow machine this does what the clients do, and asks again when Retry-After says.
 */
export async function send(url: string, method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  for (let putOff = 0; ; putOff += 1) {
    const { answer, retryAfter } = await sendOnce(url, method, path, options)
    if (answer.outcome !== '503 overloaded' || putOff === mostPutOff) return { ...answer, putOff }
    await delay(retryAfter * 1000)
  }
}

async function sendOnce(url: string, method: string, path: string, { token, body, headers }: RequestOptions) {
  const request: RequestInit = {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(longestMs),
  }
  let response: Response
  let text: string
  try {
    response = await fetch(url + path, request)
    text = await response.text()
  } catch (cause) {
    throw new NoAnswer(`${method} ${path} was not answered`, { cause })
  }
  const { status } = response
  const parsed: AnswerBody = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : {}
  const outcome = parsed.code === undefined ? String(status) : `${status} ${parsed.code}`
  return { answer: { status, body: parsed, outcome }, retryAfter: Number(response.headers.get('retry-after') ?? 1) }
}
