import test from 'ava'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const unknownId = '01936f3e-0000-7000-8000-000000000000'

test('a profile is the user with presence, and never has an email address', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server, 'alice')
  const { user: bob } = await registerPerson(server, 'bob')
  const answer = await server.request('GET', `/api/auth/users/${bob.id}`, { token })
  t.is(answer.status, 200)
  const { presence, ...user } = answer.body
  t.deepEqual(user, bob)
  t.deepEqual(Object.keys(presence).sort(), ['lastSeenAt', 'status'])
  t.notRegex(answer.text, /@|email|password/)
})

test('an own profile has no email address either', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const answer = await server.request('GET', `/api/auth/users/${user.id}`, { token })
  t.like(answer.body, { ...user, presence: { status: 'online', lastSeenAt: '2026-11-23T12:00:00.000Z' } })
  t.notRegex(answer.text, /example\.com/)
})

test('a bot is shown as one', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  server.query('UPDATE users SET is_bot = 1, password_hash = NULL')
  t.deepEqual((await server.request('GET', '/api/auth/me', { token })).body, { ...user, isBot: true })
  t.true((await server.request('GET', `/api/auth/users/${user.id}`, { token })).body.isBot)
})

test('ids are the same in upper case', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const answer = await server.request('GET', `/api/auth/users/${user.id.toUpperCase()}`, { token })
  t.is(answer.body.id, user.id)
})

test('with a valid token an unknown id, and what is no id at all, is not found', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const ids = [
    unknownId,
    'user-id',
    'alice',
    'me',
    '1',
    '%20',
    '%00',
    '..%2Fme',
    `${user.id}0`,
    ` ${user.id}`,
    `{${user.id}}`,
    user.id.replaceAll('-', ''),
    "'%20OR%201=1--",
    '__proto__',
    'a'.repeat(2000),
  ]
  for (const id of ids) {
    assertProblem(t, await server.request('GET', `/api/auth/users/${id}`, { token }), 404, 'not_found')
  }
})

test('without a token no id is looked at', async (t) => {
  const server = await startServer(t)
  const { user } = await registerPerson(server)
  for (const id of [user.id, unknownId, 'user-id']) {
    assertProblem(t, await server.request('GET', `/api/auth/users/${id}`), 401, 'token_missing')
    assertProblem(t, await server.request('GET', `/api/auth/users/${id}`, { token: 'x' }), 401, 'token_invalid')
  }
})
