import test from 'ava'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const allowedFor = async (server: TestServer, origin: string, path = '/api/auth/config'): Promise<string | null> => {
  const { headers } = await server.request('GET', path, { headers: { origin } })
  return headers.get('access-control-allow-origin')
}

const loopback = [
  'http://localhost',
  'http://localhost:5173',
  'https://localhost:8443',
  'http://127.0.0.1:3000',
  'http://127.8.9.10:80',
  'http://[::1]',
  'http://[::1]:5173',
]

const elsewhere = [
  'null',
  'http://localhost.evil.example',
  'http://localhost.',
  'http://evil.example/localhost',
  'http://evillocalhost',
  'http://app.localhost',
  'http://127.0.0.1.evil.example',
  'http://127.0.0.1@evil.example',
  'http://0.0.0.0:3000',
  'http://192.168.1.2:5173',
  'http://[::ffff:1.2.3.4]',
  'https://chat.example',
  'file://',
  'ftp://localhost',
  'chrome-extension://localhost',
  '*',
  '',
]

for (const host of ['127.0.0.1', 'localhost', '::1']) {
  test(`with HOST=${host} and CORS_ORIGINS unset, loopback origins of any port are allowed and no other`, async (t) => {
    const server = await startServer(t, { settings: { HOST: host } })
    for (const origin of loopback) t.is(await allowedFor(server, origin), origin)
    for (const origin of elsewhere) t.is(await allowedFor(server, origin), null, origin)
  })
}

for (const host of ['0.0.0.0', '::', '192.168.1.2', 'chat.example']) {
  test(`with HOST=${host} and CORS_ORIGINS unset, no origin is allowed`, async (t) => {
    const server = await startServer(t, { settings: { HOST: host } })
    for (const origin of [...loopback, ...elsewhere]) t.is(await allowedFor(server, origin), null, origin)
  })
}

test('CORS_ORIGINS allows exactly what it lists', async (t) => {
  const CORS_ORIGINS = 'https://chat.example, http://localhost:5173'
  const server = await startServer(t, { settings: { CORS_ORIGINS } })
  for (const origin of ['https://chat.example', 'http://localhost:5173']) t.is(await allowedFor(server, origin), origin)
  const near = ['http://chat.example', 'https://chat.example:8443', 'https://CHAT.example', 'https://a.chat.example']
  for (const origin of [...near, 'https://chat.example.evil.example', 'http://localhost', 'null']) {
    t.is(await allowedFor(server, origin), null, origin)
  }
})

test('errors are told to allowed origins as well, with the headers that a client needs', async (t) => {
  const server = await startServer(t)
  const origin = 'http://localhost:5173'
  for (const path of ['/api/auth/me', '/nowhere', '/api/auth/users/%ff']) {
    const { status, headers } = await server.request('GET', path, { headers: { origin } })
    t.true(status >= 400)
    t.is(headers.get('access-control-allow-origin'), origin, path)
    const exposed = headers.get('access-control-expose-headers')?.split(',').sort()
    t.deepEqual(exposed, ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'WWW-Authenticate', 'X-Request-Id'])
    t.false(headers.has('access-control-allow-credentials'))
  }
})

test('every answer varies by origin, so that no cache hands one page the answer to another', async (t) => {
  const server = await startServer(t)
  for (const origin of [undefined, 'https://evil.example', 'http://localhost:5173']) {
    const headers = origin === undefined ? {} : { origin }
    const answer = await server.request('GET', '/.well-known/jwks.json', { headers })
    t.regex(answer.headers.get('vary') ?? '', /\bOrigin\b/, origin)
  }
})
