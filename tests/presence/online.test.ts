import test from 'ava'
import { registerPerson } from '../helpers/people.ts'
import { createViewer, longTokens } from '../helpers/presence.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, refresh } from '../helpers/tokens.ts'

const iso = (ms: number): string => new Date(ms).toISOString()

test('who has never made a request with a token was never seen', async (t) => {
  const server = await startServer(t)
  const { user } = await registerPerson(server)
  const look = await createViewer(server)
  t.deepEqual(await look(user.id), { status: 'offline', lastSeenAt: null })
})

const requests: readonly (readonly [string, string, unknown?])[] = [
  ['GET', '/api/auth/me'],
  ['PATCH', '/api/auth/me', { displayName: 'Alice' }],
  ['PATCH', '/api/auth/me', { unknown: true }],
  ['GET', '/api/auth/users/nobody'],
  ['GET', '/api/auth/oauth/accounts'],
  ['DELETE', '/api/auth/oauth/accounts/nothing'],
  ['POST', '/api/auth/refresh'],
]

for (const [method, path, body] of requests) {
  test(`${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`} marks its sender online`, async (t) => {
    const server = await startServer(t)
    const { token, user } = await registerPerson(server)
    const look = await createViewer(server)
    await server.request(method, path, { token, ...(body === undefined ? {} : { body }) })
    t.deepEqual(await look(user.id), { status: 'online', lastSeenAt: iso(server.clock.now()) })
  })
}

test('60 seconds after the last request, to the millisecond, a person is offline', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, token)
  server.clock.advance(30_000)
  await getMe(server, token)
  const lastSeenAt = iso(server.clock.now())
  server.clock.advance(59_999)
  t.deepEqual(await look(user.id), { status: 'online', lastSeenAt })
  server.clock.advance(1)
  t.deepEqual(await look(user.id), { status: 'offline', lastSeenAt })
  server.clock.advance(3_600_000)
  t.deepEqual(await look(user.id), { status: 'offline', lastSeenAt })
})

test('PRESENCE_TTL says how long', async (t) => {
  const server = await startServer(t, { settings: { ...longTokens, PRESENCE_TTL: '5m' } })
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, token)
  server.clock.advance(5 * 60_000 - 1)
  t.is((await look(user.id)).status, 'online')
  server.clock.advance(1)
  t.is((await look(user.id)).status, 'offline')
})

test('a refresh with an expired token marks online, and a request that is refused for its token does not', async (t) => {
  const server = await startServer(t, { settings: { TOKEN_TTL: '5s' } })
  const { token, user } = await registerPerson(server)
  server.clock.advance(10_000)
  await getMe(server, token)
  await server.request('GET', '/api/auth/me')
  await getMe(server, 'garbage')
  t.is(server.auth.deps.presence.isOnline(user.id), false)
  t.is((await refresh(server, token)).status, 200)
  t.is(server.auth.deps.presence.isOnline(user.id), true)
})

test('one person’s requests mark nobody else', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const look = await createViewer(server)
  await server.request('GET', `/api/auth/users/${bob.user.id}`, { token })
  t.deepEqual(await look(bob.user.id), { status: 'offline', lastSeenAt: null })
})

test('who looks at themselves is online', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const { body } = await server.request('GET', `/api/auth/users/${user.id}`, { token })
  t.deepEqual(body.presence, { status: 'online', lastSeenAt: iso(server.clock.now()) })
})
