import test from 'ava'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { sendBytes } from '../helpers/raw-http.ts'
import { startServer } from '../helpers/start-server.ts'

const head = (lines: readonly string[], start = 'GET /api/auth/config HTTP/1.1'): string =>
  [start, ...lines, 'Connection: close', '', ''].join('\r\n')

const host = 'Host: localhost'

/** Each could be read in two ways, or is no HTTP/1.1. */
const ambiguous: Record<string, string> = {
  'two Host headers': head([host, 'Host: evil.example']),
  'two Host headers that are alike': head([host, host]),
  'two Host headers in other letters': head([host, 'hOST: localhost']),
  'a Host with a user': head(['Host: user@localhost']),
  'a Host with a path': head(['Host: localhost/evil']),
  'a Host with a space': head(['Host: localhost evil.example']),
  'a Host with a list': head(['Host: localhost, evil.example']),
  'a Host with a port that is none': head(['Host: localhost:evil']),
  'HTTP/2.0': head([host], 'GET /api/auth/config HTTP/2.0'),
  'HTTP/1.2': head([host], 'GET /api/auth/config HTTP/1.2'),
  'HTTP/0.9 in words': head([host], 'GET /api/auth/config HTTP/0.9'),
  'two Content-Type headers': head([host, 'Content-Type: application/json', 'Content-Type: text/plain']),
  'two equal lengths': head([host, 'Content-Length: 0', 'Content-Length: 0']),
  'two Origin headers': head([host, 'Origin: http://localhost', 'Origin: https://evil.example']),
  'two Host headers from a page that is not allowed': head([
    host,
    'Host: evil.example',
    'Origin: https://evil.example',
  ]),
  'HTTP/2.0 from a page that is not allowed': head(
    [host, 'Origin: https://evil.example'],
    'GET /api/auth/config HTTP/2.0',
  ),
  'two Idempotency-Key headers': head([host, 'Idempotency-Key: a', 'Idempotency-Key: b']),
  'two Guestlist-Connection headers': head([host, 'Guestlist-Connection: a', 'Guestlist-Connection: b']),
}

for (const [what, bytes] of Object.entries(ambiguous)) {
  test(`${what}: a malformed request, not one of two readings`, async (t) => {
    const server = await startServer(t)
    const [answer, ...more] = await sendBytes(server.url, bytes)
    if (answer === undefined) return t.fail('there was no answer')
    t.deepEqual(more, [])
    assertProblem(t, answer, 400, 'malformed_request')
  })
}

test('two Authorization headers let nobody in, in whatever order', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const real = `Authorization: Bearer ${token}`
  const start = 'GET /api/auth/me HTTP/1.1'
  for (const lines of [
    [real, 'Authorization: Bearer x'],
    ['Authorization: Bearer x', real],
    [real, real],
  ]) {
    const [answer] = await sendBytes(server.url, head([host, ...lines], start))
    t.is(answer?.status, 400)
  }
  const [answer] = await sendBytes(server.url, head([host, real], start))
  t.is(answer?.status, 200)
})

test('what has one reading is answered: names, addresses, ports, and HTTP/1.0', async (t) => {
  const server = await startServer(t)
  for (const name of [
    'localhost',
    'LOCALHOST:3000',
    '127.0.0.1:1',
    '[::1]',
    '[::1]:3000',
    'xn--bcher-kva.example',
    'auth_1.example',
    '',
  ]) {
    const [answer] = await sendBytes(server.url, head([`Host: ${name}`]))
    t.is(answer?.status, 200, name)
  }
  const [old] = await sendBytes(server.url, head([], 'GET /api/auth/config HTTP/1.0'))
  t.is(old?.status, 200)
  const forwarded = ['X-Forwarded-For: 192.0.2.1', 'X-Forwarded-For: 192.0.2.2', 'Cookie: a=b', 'Cookie: c=d']
  const [chained] = await sendBytes(server.url, head([host, ...forwarded]))
  t.is(chained?.status, 200)
})
