import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { readToEnd } from '../helpers/raw-http.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

/** Of these three in four are connections: 12. */
const overrides = { openFiles: 16 }

/** An idle connection from an address of this machine; each 127.0.x.0/24 is a network. */
async function openFrom(t: ExecutionContext, server: TestServer, localAddress: string): Promise<Socket> {
  const { hostname, port } = new URL(server.url)
  const socket = connect({ host: hostname, port: Number(port), localAddress })
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function openMany(t: ExecutionContext, server: TestServer, count: number, third: number): Promise<void> {
  const before = seen(server)
  for (let last = 1; last <= count; last += 1) await openFrom(t, server, `127.0.${third}.${last}`)
  while (seen(server) < before + count) await pause(5)
}

const loadOf = ({ auth }: TestServer) => auth.deps.connections.load
const seen = (server: TestServer): number => loadOf(server).open + loadOf(server).refused

async function isAnswered(t: ExecutionContext, server: TestServer, from: string): Promise<boolean> {
  const socket = await openFrom(t, server, from)
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  return (await readToEnd(socket)).startsWith('HTTP/1.1 200')
}

test('idle connections of one network leave half of them to others, and that is logged', async (t) => {
  const server = await startServer(t, { overrides })
  await openMany(t, server, 20, 1)
  t.deepEqual(loadOf(server), { open: 6, refused: 14 })
  t.true(await isAnswered(t, server, '127.0.2.1'))
  t.false(await isAnswered(t, server, '127.0.1.99'))
  t.is(server.log().split('connections were closed').length, 2, 'once a minute')
  t.notRegex(server.log(), /127\.0\.1\.\d/, 'no address is logged')
})

test('however many networks hold their share, another finds a place', async (t) => {
  const server = await startServer(t, { overrides })
  for (const third of [1, 2, 3]) await openMany(t, server, 8, third)
  t.true(loadOf(server).open < 12)
  t.true(await isAnswered(t, server, '127.0.9.1'))
})

test('a connection that closes makes room for another of its network', async (t) => {
  const server = await startServer(t, { overrides })
  const first = await openFrom(t, server, '127.0.1.200')
  await openMany(t, server, 8, 1)
  t.false(await isAnswered(t, server, '127.0.1.99'))
  first.destroy()
  while (loadOf(server).open > 5) await pause(5)
  t.true(await isAnswered(t, server, '127.0.1.99'))
})

test('behind a proxy all connections are its own, and only their number is bounded', async (t) => {
  const server = await startServer(t, { overrides, settings: { TRUST_PROXY: '1' } })
  await openMany(t, server, 20, 1)
  t.deepEqual(loadOf(server), { open: 12, refused: 8 })
})
