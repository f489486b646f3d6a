import test from 'ava'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

test('an update changes what it names and leaves the rest, and answers the whole user', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const update = (body: unknown) => server.request('PATCH', '/api/auth/me', { token, body })

  const named = await update({ displayName: 'New Name' })
  t.is(named.status, 200)
  t.deepEqual(named.body, { ...user, displayName: 'New Name' })

  const avatarUrl = 'https://example.com/avatar.png'
  t.deepEqual((await update({ avatarUrl })).body, { ...user, displayName: 'New Name', avatarUrl })
  t.deepEqual((await update({ displayName: 'Alice' })).body, { ...user, displayName: 'Alice', avatarUrl })
  t.deepEqual((await update({ avatarUrl: null, displayName: 'A' })).body, { ...user, displayName: 'A' })
  t.deepEqual((await server.request('GET', '/api/auth/me', { token })).body, { ...user, displayName: 'A' })
})

test('an empty update changes nothing and answers the user', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const answer = await server.request('PATCH', '/api/auth/me', { token, body: {} })
  t.is(answer.status, 200)
  t.deepEqual(answer.body, user)
})

test('an update touches nobody else', async (t) => {
  const server = await startServer(t)
  const alice = await registerPerson(server, 'alice')
  const bob = await registerPerson(server, 'bob')
  await server.request('PATCH', '/api/auth/me', { token: alice.token, body: { displayName: 'Bob' } })
  t.deepEqual((await server.request('GET', '/api/auth/me', { token: bob.token })).body, bob.user)
})

test('without a token nothing is updated, and the token is judged before the body', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const options = { body: { displayName: 7 } }
  assertProblem(t, await server.request('PATCH', '/api/auth/me', options), 401, 'token_missing')
  assertProblem(t, await server.request('PATCH', '/api/auth/me', { body: '{' }), 401, 'token_missing')
  assertProblem(t, await server.request('GET', '/api/auth/me'), 401, 'token_missing')
  t.deepEqual(server.query('SELECT display_name FROM users'), [{ display_name: 'alice' }])
})

test('20 updates at once leave one of them, whole', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const numbers = Array.from({ length: 20 }, (_, index) => index)
  const answers = await Promise.all(
    numbers.map((number) => {
      const body = { displayName: `Name ${number}`, avatarUrl: `https://example.com/${number}` }
      return server.request('PATCH', '/api/auth/me', { token, body })
    }),
  )
  t.true(answers.every(({ status }) => status === 200))
  const { body: me } = await server.request('GET', '/api/auth/me', { token })
  t.is(me.avatarUrl, `https://example.com/${me.displayName.slice('Name '.length)}`)
})
