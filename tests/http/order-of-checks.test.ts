import test from 'ava'
import { addPerson } from '../helpers/add-person.ts'
import { assertProblem, registration } from '../helpers/people.ts'
import type { RequestOptions } from '../helpers/send.ts'
import { startServer } from '../helpers/start-server.ts'

const tooLarge = '['.padEnd(20_000)
const text = { 'content-type': 'text/plain' }
const badHeader = { 'guestlist-connection': 'not a name' }

test('401, then 415, 413, 400, 422: the first that is wrong is what is told', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  const patch = (options: RequestOptions) => server.request('PATCH', '/api/auth/me', options)
  assertProblem(t, await patch({ token: 'x', body: tooLarge, headers: text }), 401, 'token_invalid')
  assertProblem(t, await patch({ token: 'x', body: '{}', headers: badHeader }), 401, 'token_invalid')
  assertProblem(t, await patch({ token, body: tooLarge, headers: text }), 415, 'unsupported_media_type')
  assertProblem(t, await patch({ token, body: tooLarge }), 413, 'body_too_large')
  assertProblem(t, await patch({ token, body: '{"displayName":1' }), 400, 'malformed_request')
  assertProblem(t, await patch({ token, body: '{"displayName":1}' }), 422, 'validation_failed')
})

test('an expired token is told before anything about the body or the id', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  server.clock.advance(16 * 60_000)
  const patch = await server.request('PATCH', '/api/auth/me', { token, body: '{', headers: text })
  assertProblem(t, patch, 401, 'token_expired')
  assertProblem(t, await server.request('GET', '/api/auth/users/no-uuid', { token }), 401, 'token_expired')
})

test('register: the body, then the invite, then the email address, then the username', async (t) => {
  const server = await startServer(t)
  await addPerson(server, 'alice')
  await addPerson(server, 'bob')
  const inviteCode = await server.mintInvite(1)
  const register = (fields: Record<string, unknown>, headers: Record<string, string> = {}) =>
    server.request('POST', '/api/auth/register', { body: registration(fields), headers })
  const bothTaken = { email: 'alice@example.com', username: 'bob' }
  const unknown = { ...bothTaken, inviteCode: 'UNKNOWN' }
  assertProblem(t, await register({ ...unknown, username: '!' }), 422, 'validation_failed')
  assertProblem(t, await register(unknown, { 'idempotency-key': 'no key' }), 422, 'validation_failed')
  assertProblem(t, await register({ ...unknown, password: 'short' }), 422, 'weak_password')
  assertProblem(t, await register(unknown), 403, 'invite_invalid')
  assertProblem(t, await register({ ...bothTaken, inviteCode }), 409, 'email_taken')
  assertProblem(t, await register({ username: 'bob', email: 'carol@example.com', inviteCode }), 409, 'username_taken')
  t.is(server.query('SELECT id FROM users').length, 2)
})

test('429 comes before 401, and before the body is looked at', async (t) => {
  const server = await startServer(t, { overrides: { rateLimitFactor: 1 / 6000 }, settings: { RATE_LIMITS: 'on' } })
  assertProblem(t, await server.request('GET', '/api/auth/me'), 401, 'token_missing')
  assertProblem(t, await server.request('GET', '/api/auth/me'), 429, 'rate_limited')
  assertProblem(
    t,
    await server.request('PATCH', '/api/auth/me', { body: tooLarge, headers: text }),
    429,
    'rate_limited',
  )
  assertProblem(t, await server.request('PUT', '/api/auth/me'), 405, 'method_not_allowed')
  assertProblem(t, await server.request('GET', '/api/auth/me/'), 404, 'not_found')
})

test('a header that fails validation is told, and nothing is applied', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  const patch = await server.request('PATCH', '/api/auth/me', {
    token,
    body: { displayName: 'New' },
    headers: badHeader,
  })
  assertProblem(t, patch, 422, 'validation_failed')
  const refresh = await server.request('POST', '/api/auth/refresh', { token, headers: badHeader })
  assertProblem(t, refresh, 422, 'validation_failed')
  t.deepEqual(server.query('SELECT generation FROM sessions'), [{ generation: 1 }])
  t.is((await server.request('GET', '/api/auth/me', { token })).body.displayName, 'alice')
})
