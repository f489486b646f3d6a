import test from 'ava'
import type { Answer } from '../helpers/send.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const asked = 'authorization,content-type,guestlist-connection,idempotency-key,last-event-id'

const preflight = (server: TestServer, origin: string, method: string, path = '/api/auth/me'): Promise<Answer> =>
  server.request('OPTIONS', path, {
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': asked },
  })

const listOf = (header: string | null): string[] | undefined =>
  header
    ?.toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .sort()

test('a preflight allows every method and header that a client uses, without a token', async (t) => {
  const server = await startServer(t)
  const origin = 'http://localhost:5173'
  for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
    const { status, headers, text } = await preflight(server, origin, method)
    t.is(status, 204)
    t.is(text, '')
    t.is(headers.get('access-control-allow-origin'), origin)
    t.deepEqual(listOf(headers.get('access-control-allow-methods')), ['delete', 'get', 'patch', 'post'])
    t.deepEqual(listOf(headers.get('access-control-allow-headers')), asked.split(','))
    t.false(headers.has('access-control-allow-credentials'))
  }
})

test('a preflight of a strange origin allows nothing', async (t) => {
  const server = await startServer(t)
  for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
    const { headers } = await preflight(server, origin, 'PATCH')
    for (const [name] of headers) t.false(name.startsWith('access-control-'), name)
  }
})

test('a preflight allows nothing when HOST is not loopback and CORS_ORIGINS is unset', async (t) => {
  const server = await startServer(t, { settings: { HOST: '0.0.0.0' } })
  const { headers } = await preflight(server, 'http://localhost:5173', 'PATCH')
  t.false(headers.has('access-control-allow-origin'))
})

test('preflights count for no limit', async (t) => {
  const server = await startServer(t, { settings: { RATE_LIMITS: 'on' } })
  for (let count = 0; count < 15; count += 1) {
    t.is((await preflight(server, 'http://localhost:5173', 'POST', '/api/auth/login')).status, 204)
  }
  const login = await server.request('POST', '/api/auth/login', { body: { email: 'a', password: 'b' } })
  t.is(login.body.code, 'invalid_credentials')
})
