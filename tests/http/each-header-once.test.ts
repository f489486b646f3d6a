import { get, type IncomingMessage } from 'node:http'
import test from 'ava'
import { addPerson } from '../helpers/add-person.ts'
import { startServer } from '../helpers/start-server.ts'

const rawHeadersOf = async (url: string, headers: Record<string, string>): Promise<string[]> => {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(url, { headers }, resolve).on('error', reject),
  )
  response.resume()
  return response.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
}

test('whatever is answered, and whoever has set a header, it is there once', async (t) => {
  const server = await startServer(t, { settings: { RATE_LIMITS: 'on' } })
  const { token } = await addPerson(server)
  const authorization = `Bearer ${token}`
  const always = ['content-security-policy', 'strict-transport-security', 'cache-control', 'vary', 'x-request-id']
  for (const [path, headers] of [
    ['/api/auth/me', { authorization }],
    ['/api/auth/me', { authorization, origin: 'http://localhost:5173' }],
    ['/api/auth/me', {}],
    ['/docs', {}],
    ['/.well-known/jwks.json', {}],
    ['/reset-password/page.js', {}],
    ['/nowhere', {}],
    ['/readyz', {}],
  ] as const) {
    const names = await rawHeadersOf(server.url + path, headers)
    t.deepEqual(names, [...new Set(names)], path)
    for (const name of always) t.true(names.includes(name), `${name} of ${path}`)
  }
})

test('text beyond ASCII is answered whole', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  for (const displayName of ['Zoë', 'Ünal Ö', '狐', '🦊 fox', 'plain']) {
    const changed = await server.request('PATCH', '/api/auth/me', { token, body: { displayName } })
    t.is(changed.body.displayName, displayName)
    t.is(changed.headers.get('content-length'), String(Buffer.byteLength(changed.text)))
  }
})
