import test from 'ava'
import { routes } from '../../server/routes.ts'
import { addPerson } from '../helpers/add-person.ts'
import { assertProblem } from '../helpers/people.ts'
import { openSocket, parseAnswers, readToEnd } from '../helpers/raw-http.ts'
import { startServer } from '../helpers/start-server.ts'

const guarded = routes.filter(([, , , access]) => access !== 'public')

/** No token, and what is none: another scheme, an empty one, more than one. */
const authorizations = [
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'Basic YWxpY2U6c2VjcmV0',
  'Token abc',
  'BearerToken abc',
  'Bearer a b',
  'abc.def.ghi',
]

test('the operations that need a token are those that the contract names', (t) => {
  t.deepEqual(guarded.map(([method, path]) => `${method} ${path}`).sort(), [
    'DELETE /api/auth/bots/:id',
    'DELETE /api/auth/me',
    'DELETE /api/auth/oauth/accounts/:accountId',
    'DELETE /api/auth/sessions/:id',
    'GET /api/auth/account',
    'GET /api/auth/bots',
    'GET /api/auth/me',
    'GET /api/auth/oauth/accounts',
    'GET /api/auth/presence',
    'GET /api/auth/presence/stream',
    'GET /api/auth/sessions',
    'GET /api/auth/users/:id',
    'PATCH /api/auth/account',
    'PATCH /api/auth/me',
    'POST /api/auth/bots',
    'POST /api/auth/bots/:id/token',
    'POST /api/auth/disconnect',
    'POST /api/auth/logout',
    'POST /api/auth/oauth/:provider/link',
    'POST /api/auth/password',
    'POST /api/auth/refresh',
  ])
})

test('without a token each of them is token_missing, whatever else is wrong with the request', async (t) => {
  const server = await startServer(t)
  for (const [method, route] of guarded) {
    const path = route.replace(/:\w+/, 'no-uuid')
    for (const authorization of authorizations) {
      const headers = { ...(authorization !== undefined && { authorization }), 'guestlist-connection': '!' }
      const body = method === 'PATCH' ? { body: '{' } : {}
      const answer = await server.request(method, path, { headers, ...body })
      assertProblem(t, answer, 401, 'token_missing')
      t.is(answer.headers.get('www-authenticate'), 'Bearer realm="guestlist"', 'no error code, as RFC 6750 says')
    }
  }
})

test('a token in the query or in a body is no token', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  assertProblem(t, await server.request('GET', `/api/auth/me?access_token=${token}`), 401, 'token_missing')
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = `access_token=${token}`
  assertProblem(t, await server.request('POST', '/api/auth/refresh', { headers, body }), 401, 'token_missing')
  t.false(server.log().includes(token))
})

test('the name of the scheme is read without case', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  const headers = { authorization: `bEARER   ${token}  ` }
  t.is((await server.request('GET', '/api/auth/me', { headers })).status, 200)
})

test('without a token the body is not waited for', async (t) => {
  const server = await startServer(t)
  const socket = await openSocket(server.url)
  const all = readToEnd(socket)
  const answered = new Promise((resolve) => socket.once('data', resolve))
  socket.write(
    'PATCH /api/auth/me HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  )
  await answered
  socket.end()
  const [answer] = parseAnswers(await all)
  t.is(answer?.body.code, 'token_missing')
})
