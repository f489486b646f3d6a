import test from 'ava'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, refresh, sessionRow } from '../helpers/tokens.ts'

const guarded = {
  me: ['GET', '/api/auth/me'],
  'update of me': ['PATCH', '/api/auth/me'],
  profile: ['GET', '/api/auth/users/00000000-0000-7000-8000-000000000000'],
  refresh: ['POST', '/api/auth/refresh'],
  disconnect: ['POST', '/api/auth/disconnect'],
  logout: ['POST', '/api/auth/logout'],
  'linked accounts': ['GET', '/api/auth/oauth/accounts'],
  'unlinking, of what is no id': ['DELETE', '/api/auth/oauth/accounts/account-id'],
} as const

test('without a token nothing that asks for one is answered', async (t) => {
  const server = await startServer(t)
  const answers = await outcomesOf(t, guarded, ([method, path]) => server.request(method, path))
  t.deepEqual(answers, allOf(guarded, '401 token_missing'))
})

test('a scheme other than Bearer counts as no token, even with a good one behind it', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const values = [
    'Basic YWxpY2U6c2VjcmV0',
    `Basic ${token}`,
    `Token ${token}`,
    `DPoP ${token}`,
    `XBearer ${token}`,
    `Bearer${token}`,
    'Bearer',
    'Bearer ',
    `Bearer ${token} ${token}`,
    token,
    '',
  ]
  const headers = Object.fromEntries(values.map((authorization) => [authorization, { authorization }]))
  for (const [method, path] of [guarded.me, guarded.refresh, guarded.disconnect]) {
    const answers = await outcomesOf(t, headers, (each) => server.request(method, path, { headers: each }))
    t.deepEqual(answers, allOf(headers, '401 token_missing'), path)
  }
  t.is(sessionRow(server, token).generation, 1)
})

test('the scheme is written in any case', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
    const answer = await server.request('GET', '/api/auth/me', { headers: { authorization: `${scheme} ${token}` } })
    t.is(answer.status, 200)
  }
})

test('a token counts in the header only', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const inQuery = await server.request('GET', `/api/auth/me?access_token=${token}&token=${token}`)
  assertProblem(t, inQuery, 401, 'token_missing')
  const inBody = await server.request('POST', '/api/auth/refresh', { body: { token } })
  assertProblem(t, inBody, 401, 'token_missing')
  const inCookie = await server.request('GET', '/api/auth/me', { headers: { cookie: `token=${token}` } })
  assertProblem(t, inCookie, 401, 'token_missing')
})

test('the challenge names an error only where a token was given (RFC 6750, section 3)', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const challenge = (headers: Headers): string | null => headers.get('www-authenticate')
  t.is(challenge((await server.request('GET', '/api/auth/me')).headers), 'Bearer realm="guestlist"')
  const pattern = /^Bearer realm="guestlist", error="invalid_token", error_description="([^"\\]+)"$/
  const invalid = await getMe(server, 'garbage')
  t.is(pattern.exec(challenge(invalid.headers) ?? '')?.[1], invalid.body.detail)
  server.clock.advance(16 * 60_000)
  const expired = await getMe(server, token)
  t.is(pattern.exec(challenge(expired.headers) ?? '')?.[1], expired.body.detail)
  t.regex(expired.body.detail, /this very token/)
  t.is(challenge((await refresh(server, token)).headers), null)
})
