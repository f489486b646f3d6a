import test from 'ava'
import { routes } from '../../server/routes.ts'
import { addPerson } from '../helpers/add-person.ts'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'
import { sendBytes } from '../helpers/raw-http.ts'
import { startServer } from '../helpers/start-server.ts'

const id = '0190e6f0-0000-7000-8000-000000000000'
const paths = [...new Set(routes.map(([, path]) => path.replace(/:\w+/, id)))].filter((path) => path !== '/')

test('a path with a slash too many, in other letters or of nobody is not found, by any method', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  const strange = paths.flatMap((path) => [`${path}/`, `/${path}`, path.toUpperCase(), `${path}/a/b`, `/v1${path}`])
  const unknown = ['/api', '/api/auth', '/api/auth/', '/favicon.ico', '/api/auth/users', '/api/auth/users/', '/%2f']
  const entries = Object.fromEntries([...strange, ...unknown].map((path) => [path, path]))
  for (const method of ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS']) {
    const outcomes = await outcomesOf(t, entries, (path) => server.request(method, path, { token }))
    t.deepEqual(outcomes, allOf(entries, '404 not_found'), method)
  }
})

test('a path that cannot be decoded is not found', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  const entries = Object.fromEntries(['%ff', '%', '%zz', '%c0%af', '%ed%a0%80'].map((text) => [text, text]))
  const users = await outcomesOf(t, entries, (text) => server.request('GET', `/api/auth/users/${text}`, { token }))
  t.deepEqual(users, allOf(entries, '404 not_found'))
  const anywhere = await outcomesOf(t, entries, (text) => server.request('GET', `/${text}`))
  t.deepEqual(anywhere, allOf(entries, '404 not_found'))
})

test('an id that is no UUID belongs to nobody', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  const ids = ['user-id', '1', 'me', '%00', '%F0%9F%98%80', "'%20OR%201=1--", id, 'a'.repeat(8000), '..%2Fme']
  const entries = Object.fromEntries(ids.map((text) => [text, text]))
  const users = await outcomesOf(t, entries, (text) => server.request('GET', `/api/auth/users/${text}`, { token }))
  t.deepEqual(users, allOf(entries, '404 not_found'))
  const accounts = await outcomesOf(t, entries, (text) =>
    server.request('DELETE', `/api/auth/oauth/accounts/${text}`, { token }),
  )
  t.deepEqual(accounts, allOf(entries, '404 not_found'))
})

test('a query changes nothing, whatever it holds', async (t) => {
  const server = await startServer(t)
  for (const query of ['?', '?a=1', '?a[b]=1&a[]=2', '?__proto__[x]=1', '?%ff', `?${'a=1&'.repeat(2000)}`]) {
    t.is((await server.request('GET', `/api/auth/config${query}`)).status, 200, query)
  }
})

test('a path in its absolute form is the same path, and a star is none', async (t) => {
  const server = await startServer(t)
  const head = 'HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  const [absolute] = await sendBytes(server.url, `GET http://elsewhere.example/healthz ${head}`)
  t.is(absolute?.status, 200)
  const [star] = await sendBytes(server.url, `OPTIONS * ${head}`)
  t.is(star?.body.code, 'not_found')
})
