import test from 'ava'
import { routes } from '../../server/routes.ts'
import { addPerson } from '../helpers/add-person.ts'
import type { Answer } from '../helpers/send.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

/** An answer of every route, with a token and without, and of what goes wrong before a route is found. */
async function answersOf(server: TestServer): Promise<Map<string, Answer>> {
  const { token } = await addPerson(server)
  const answers = new Map<string, Answer>()
  const lastLogout = [...routes].sort(
    ([, left], [, right]) => Number(/logout/.test(left)) - Number(/logout/.test(right)),
  )
  for (const [method, path] of lastLogout) {
    answers.set(`${method} ${path} without a token`, await server.request(method, path))
    answers.set(`${method} ${path}`, await server.request(method, path, { token }))
  }
  const login = (body: string) => server.request('POST', '/api/auth/login', { body })
  answers.set('404', await server.request('GET', '/nowhere'))
  answers.set('404 below /api/auth', await server.request('GET', '/api/auth/nowhere'))
  answers.set('405', await server.request('DELETE', '/api/auth/me'))
  answers.set('OPTIONS', await server.request('OPTIONS', '/api/auth/me'))
  answers.set('malformed', await login('{'))
  answers.set('too large', await login('['.repeat(20_000)))
  answers.set('undecodable path', await server.request('GET', '/api/auth/users/%ff', { token }))
  return answers
}

const isPage = (name: string): boolean => /^GET \/(docs|reset-password)( |$)/.test(name)

test('no answer may be sniffed, framed, run or traced to its maker, and only the pages may run their own', async (t) => {
  const server = await startServer(t)
  for (const [name, { headers }] of await answersOf(server)) {
    t.is(headers.get('x-content-type-options'), 'nosniff', name)
    const policy = headers.get('content-security-policy') ?? ''
    if (isPage(name)) {
      t.regex(policy, /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/)
    } else t.is(policy, "default-src 'none';frame-ancestors 'none'", name)
    t.is(headers.get('referrer-policy'), 'no-referrer', name)
    for (const absent of ['x-powered-by', 'etag', 'last-modified', 'server', 'set-cookie']) {
      t.false(headers.has(absent), `${absent} of ${name}`)
    }
  }
})

test('nobody keeps an answer, but for the public keys', async (t) => {
  const server = await startServer(t)
  for (const [name, { headers }] of await answersOf(server)) {
    const expected = name.startsWith('GET /.well-known/jwks.json') ? 'public, max-age=300' : 'no-store'
    t.is(headers.get('cache-control'), expected, name)
  }
})

test('public keys that could not be read are an error that nobody keeps', async (t) => {
  const server = await startServer(t)
  server.query('ALTER TABLE signing_keys RENAME TO gone')
  server.clock.advance(5 * 60_000)
  const answer = await server.request('GET', '/.well-known/jwks.json')
  t.is(answer.status, 500)
  t.is(answer.body.code, 'internal_error')
  t.is(answer.headers.get('cache-control'), 'no-store')
  t.notRegex(answer.text, /signing_keys|no such table/)
  t.true(server.log().includes(answer.body.requestId), 'the operator finds the cause in the log')
})

test('each request has an id of its own, whatever the client sends', async (t) => {
  const server = await startServer(t)
  const headers = { 'x-request-id': 'of-the-client' }
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.request('GET', '/healthz', { headers })))
  const ids = answers.map((answer) => answer.headers.get('x-request-id'))
  t.is(new Set(ids).size, 20)
  for (const id of ids) t.regex(id ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('JSON says that it is JSON, and what is empty has no type', async (t) => {
  const server = await startServer(t)
  for (const [name, { status, text, headers }] of await answersOf(server)) {
    const type = headers.get('content-type')
    if (type?.startsWith('text/event-stream')) t.is(text, '', 'it is not read to its end')
    else if (text === '') t.is(type, null, name)
    else if (status >= 400) t.is(type, 'application/problem+json; charset=utf-8', name)
    else if (name.includes('jwks')) t.regex(type ?? '', /^application\/jwk-set\+json/)
    else if (name.endsWith('/stream')) t.is(type, 'text/event-stream; charset=utf-8', name)
    else if (isPage(name)) t.is(type, 'text/html; charset=utf-8')
    else t.is(type, 'application/json; charset=utf-8', name)
  }
})
