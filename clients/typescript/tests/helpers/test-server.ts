import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ExecutionContext } from 'ava'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Of the Authorization header, `null` without one. */
  readonly token: string | null
}

/** `stream` writes the answer itself, `hang up` closes the connection unanswered, `never` leaves it open. */
export type Answer =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | { status: number; text: string; headers?: Record<string, string> }
  | { status: number; stream: (response: ServerResponse) => void; headers?: Record<string, string> }
  | 'hang up'
  | 'never'

export interface TestServer {
  readonly baseUrl: string
  readonly requests: SeenRequest[]
  /** Resolves once so many requests have arrived. */
  seen(count: number): Promise<void>
  close(): Promise<void>
}

export async function startTestServer(
  t: ExecutionContext,
  answer: (request: SeenRequest, count: number) => Answer | Promise<Answer>,
): Promise<TestServer> {
  const requests: SeenRequest[] = []
  const news = new EventEmitter()
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const { method = '', url: path = '', headers } = request
    const token = headers.authorization?.replace(/^Bearer /, '') ?? null
    const seen = { method, path, headers, body, token }
    requests.push(seen)
    news.emit('request')
    const given = await answer(seen, requests.length)
    if (given === 'never') return
    if (given === 'hang up') return request.socket.destroy()
    response.writeHead(given.status, { 'Content-Type': 'application/json', ...given.headers })
    if ('stream' in given) return given.stream(response)
    response.end('text' in given ? given.text : given.body === undefined ? '' : JSON.stringify(given.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  t.teardown(close)
  const seen = async (count: number) => {
    while (requests.length < count) await once(news, 'request')
  }
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, seen, close }
}
