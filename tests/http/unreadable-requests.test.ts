import { createServer } from 'node:http'
import test from 'ava'
import { createHttpServer } from '../../server/http/http-server.ts'
import { assertProblem } from '../helpers/people.ts'
import { openSocket, parseAnswers, readToEnd, sendBytes } from '../helpers/raw-http.ts'
import { startServer } from '../helpers/start-server.ts'

const get = 'GET /healthz HTTP/1.1\r\nHost: x\r\n'

const unreadable: Record<string, string | Buffer> = {
  'no HTTP at all': 'HELO example.com\r\n\r\n',
  'bytes of TLS': Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, 0x0d, 0x0a]),
  'an unknown version': 'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
  'an unknown method': 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n',
  'a header without a colon': `${get}oops\r\n\r\n`,
  'a header with a space in its name': `${get}a b: c\r\n\r\n`,
  'a NUL in a header': `${get}a: b\0c\r\n\r\n`,
  'a carriage return in a header': `${get}a: b\rc\r\n\r\n`,
  'a length that is no number': `${get}Content-Length: ten\r\n\r\n`,
  'a negative length': `${get}Content-Length: -1\r\n\r\n`,
  'two lengths': `${get}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
  'a length and chunks, as request smuggling needs them': `${get}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
  'headers of 20 KB': `${get}a: ${'b'.repeat(20_000)}\r\n\r\n`,
  'a path of 20 KB': `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
}

test('what is no HTTP that can be read is a malformed request, and the connection is closed', async (t) => {
  const server = await startServer(t)
  for (const [name, bytes] of Object.entries(unreadable)) {
    const [answer, ...more] = await sendBytes(server.url, bytes)
    if (answer === undefined || more.length > 0) return t.fail(`${name} was not answered once`)
    assertProblem(t, answer, 400, 'malformed_request')
    t.is(answer.headers.get('connection'), 'close', name)
    t.is(answer.headers.get('cache-control'), 'no-store', name)
    t.is(answer.headers.get('x-content-type-options'), 'nosniff', name)
  }
  t.is((await server.request('GET', '/healthz')).status, 200)
})

test('a request of HTTP/1.1 names its host, one of HTTP/1.0 need not', async (t) => {
  const server = await startServer(t)
  const [unnamed] = await sendBytes(server.url, 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n')
  t.is(unnamed?.body.code, 'malformed_request')
  t.is(unnamed?.status, 400)
  const [old] = await sendBytes(server.url, 'GET /healthz HTTP/1.0\r\n\r\n')
  t.is(old?.status, 200)
})

test('an expectation that nobody knows is passed over, as RFC 9110 allows', async (t) => {
  const server = await startServer(t)
  const [answer] = await sendBytes(server.url, `${get}Expect: the-unexpected\r\nConnection: close\r\n\r\n`)
  t.is(answer?.status, 200)
})

test('whoever asks first whether to send a body is told to', async (t) => {
  const server = await startServer(t)
  const socket = await openSocket(server.url)
  const all = readToEnd(socket)
  const head = 'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
  socket.write(`${head}Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`)
  socket.once('data', () => socket.write('{}'))
  t.deepEqual(
    parseAnswers(await all).map(({ status }) => status),
    [100, 422],
  )
})

test('a wish to upgrade is passed over, and a tunnel is not built', async (t) => {
  const server = await startServer(t)
  const upgrade = 'Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n'
  const [answer] = await sendBytes(server.url, `${get}${upgrade}\r\n`)
  t.is(answer?.status, 200)
  t.deepEqual(await sendBytes(server.url, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n'), [])
})

test('requests sent in one go are answered in their order', async (t) => {
  const server = await startServer(t)
  const paths = ['/healthz', '/nowhere', '/api/auth/config', '/api/auth/me', '/readyz']
  const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n`)
  const answers = await sendBytes(server.url, `${requests.join('\r\n')}Connection: close\r\n\r\n`)
  t.deepEqual(
    answers.map(({ status }) => status),
    [200, 404, 200, 401, 200],
  )
})

test('whoever sends slowly is cut off, sooner for the headers than for the whole request', (t) => {
  const server = createHttpServer(
    () => {},
    () => 'id',
  )
  t.is(server.headersTimeout, 10_000)
  t.is(server.requestTimeout, 30_000)
  t.is(server.keepAliveTimeout, 75_000)
  t.not(server.headersTimeout, createServer().headersTimeout, 'these are not the defaults of Node')
})
