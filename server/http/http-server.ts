import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { second } from '../durations.ts'
import { AuthError } from '../errors.ts'
import type { Connections } from './connections.ts'
import { problemOf } from './problem.ts'

/** How long requests under way may still take once the server stops; after 10 seconds Docker would kill it. */
const drainMs = 8 * second
const sweepEveryMs = 50

/** Connections that have not made a request yet: Node counts them as busy, and each would hold up the end. */
const unusedConnections = new WeakMap<Server, Set<Socket>>()

export function createHttpServer(listener: RequestListener, newId: () => string, connections?: Connections): Server {
  const server = createServer(
    {
      requestTimeout: 30 * second,
      headersTimeout: 10 * second,
      // Longer than a proxy keeps its side open, or it would send into a connection that is being closed.
      keepAliveTimeout: 75 * second,
      // The time-outs above act only as often as this.
      connectionsCheckingInterval: second,
      // `refuseAmbiguous` refuses such a request; Node's own refusal says nothing.
      requireHostHeader: false,
    },
    listener,
  )
  // RFC 9110, section 10.1.1: what else is expected may be passed over.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  server.on('clientError', (_error, socket) => answerUnreadable(socket as Socket, newId()))
  connections?.watch(server)
  const unused = new Set<Socket>()
  unusedConnections.set(server, unused)
  server.on('connection', (socket) => {
    if (socket.destroyed) return
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.prependListener('request', ({ socket }) => unused.delete(socket))
  return server
}

/** What cannot be read as HTTP never reaches Express. */
function answerUnreadable(socket: Socket, requestId: string): void {
  if (!socket.writable) return void socket.destroy()
  const detail = 'This is not an HTTP request that the server can read, or it came too slowly.'
  const body = JSON.stringify(problemOf(new AuthError('malformed_request', { detail }), requestId))
  const headers = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ]
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`)
}

/** Takes no new connections, and waits for the requests under way; what takes too long is cut off. */
export async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const socket of unusedConnections.get(server) ?? []) socket.destroy()
  // Whoever was being answered when it began was promised a connection that is kept.
  const sweep = setInterval(() => server.closeIdleConnections(), sweepEveryMs)
  const timer = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearInterval(sweep)
  clearTimeout(timer)
}
