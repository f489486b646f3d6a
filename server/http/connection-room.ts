import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Holds no more connections than that. With the last place taken, somebody who does not use theirs loses it, first of all
 * whoever has been connected for the longest without a request: idle connections keep nobody out.
 */
export function boundConnections(server: Server, most: number): void {
  server.maxConnections = most
  const unused = new Set<Socket>()
  let open = 0
  server.on('connection', (socket) => {
    open += 1
    socket.once('close', () => {
      open -= 1
      unused.delete(socket)
    })
    if (open >= most) makeRoom()
    unused.add(socket)
  })
  server.prependListener('request', ({ socket }) => unused.delete(socket))

  const makeRoom = (): void => {
    for (const longest of unused) return void longest.destroy()
    server.closeIdleConnections()
  }
}
