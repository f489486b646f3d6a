import { once } from 'node:events'
import test from 'ava'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'
import { assertProblem } from '../helpers/people.ts'
import { openSocket, parseAnswers, readToEnd } from '../helpers/raw-http.ts'
import { bodyRoutes, signedInSender } from '../helpers/requests-with-bodies.ts'
import { startServer } from '../helpers/start-server.ts'

const limit = 16 * 1024

test('16 KiB are read, and one byte more is too much, on every route with a body', async (t) => {
  const send = await signedInSender(await startServer(t))
  const sizes = { exact: '[]'.padEnd(limit), over: '[]'.padEnd(limit + 1), huge: '[]'.padEnd(2 ** 20) }
  for (const route of bodyRoutes) {
    const outcomes = await outcomesOf(t, sizes, (body) => send(route, body))
    const expected = { ...allOf(sizes, '413 body_too_large'), exact: '422 validation_failed' }
    t.deepEqual(outcomes, expected, route.path)
  }
})

test('what is too large when it comes in chunks is too large as well, and the connection goes on', async (t) => {
  const server = await startServer(t)
  const socket = await openSocket(server.url)
  const all = readToEnd(socket)
  const head = 'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
  const chunk = `1000\r\n${' '.repeat(0x1000)}\r\n`
  socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(256)}0\r\n\r\n`)
  socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}2\r\n[]\r\n0\r\n\r\n`)
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const [tooLarge, inSize, health] = parseAnswers(await all)
  if (tooLarge === undefined || inSize === undefined) return t.fail('two answers were missing')
  assertProblem(t, tooLarge, 413, 'body_too_large')
  assertProblem(t, inSize, 422, 'validation_failed')
  t.is(health?.status, 200)
})

test('what announces that it is too large is refused before it comes', async (t) => {
  const server = await startServer(t)
  const socket = await openSocket(server.url)
  const answered = once(socket, 'data')
  socket.write(
    'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{',
  )
  t.regex(String((await answered)[0]), /^HTTP\/1\.1 413 [\s\S]*"body_too_large"/)
  socket.destroy()
})

test('a body shorter than its announced length is no crash, and writes nothing', async (t) => {
  const server = await startServer(t)
  const socket = await openSocket(server.url)
  const all = readToEnd(socket)
  socket.end(
    'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"email"',
  )
  await all
  t.is((await server.request('GET', '/healthz')).status, 200)
  t.notRegex(server.log(), /"level":[56]0/)
})
