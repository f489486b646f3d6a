import test from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { alice, problem } from './helpers/answers.ts'
import { gate } from './helpers/gate.ts'
import { rejection } from './helpers/rejection.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const expired = makeToken()

test('twenty parallel requests with an expired token make one refresh', async (t) => {
  const server = await startSessionServer(t)
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: expired })
  const people = await Promise.all(Array.from({ length: 20 }, () => client.getMe()))
  t.deepEqual(people, Array(20).fill(alice))
  t.is(server.refreshes(), 1)
  t.is(server.of('GET /me').length, 40)
})

test('the refresh is asked for with the expired token and the request repeated with the new one', async (t) => {
  const server = await startSessionServer(t)
  const storage = memoryStorage()
  await new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage }).updateProfile({ displayName: 'A' })
  const renewed = makeToken({ gen: 2 })
  t.deepEqual(
    server.requests.map(({ method, path, token, body }) => [method, path, token, body]),
    [
      ['PATCH', '/api/auth/me', expired, '{"displayName":"A"}'],
      ['POST', '/api/auth/refresh', expired, ''],
      ['PATCH', '/api/auth/me', renewed, '{"displayName":"A"}'],
    ],
  )
  t.is(await storage.get(), renewed)
})

test('a request refused after the refresh is over is repeated without another', async (t) => {
  const { passed, open } = gate()
  const server = await startSessionServer(t, async ({ path, token }) => {
    if (path !== '/api/auth/users/slow' || token !== expired) return undefined
    await passed
    return problem(401, 'token_expired')
  })
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: expired })
  const slow = client.getUserProfile('slow')
  await server.seen(1)
  await client.getMe()
  open()
  await slow
  t.is(server.refreshes(), 1)
})

test('a request is repeated once, however often the token is refused', async (t) => {
  const server = await startSessionServer(t, ({ path }) =>
    path === '/api/auth/me' ? problem(401, 'token_expired') : undefined,
  )
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: expired })
  t.is((await rejection(t, client.getMe())).code, 'token_expired')
  t.is(server.of('GET /me').length, 2)
  t.is(server.refreshes(), 1)
})

test('any other refusal makes no refresh', async (t) => {
  for (const code of ['token_missing', 'token_invalid', 'session_ended', 'token_reused']) {
    const server = await startTestServer(t, () => problem(401, code))
    const error = await rejection(t, new GuestlistClient({ baseUrl: server.baseUrl, token: expired }).getMe())
    t.is(error.code, code as typeof error.code)
    t.is(server.requests.length, 1)
  }
})

test('without a token the server says so and there is no refresh', async (t) => {
  const server = await startSessionServer(t)
  const client = new GuestlistClient({ baseUrl: server.baseUrl })
  t.is((await rejection(t, client.getMe())).code, 'token_missing')
  t.is(server.requests.length, 1)
})

test('a refresh that failed does not stand in the way of the next', async (t) => {
  let broken = true
  const server = await startSessionServer(t, ({ path }) =>
    broken && path === '/api/auth/refresh' ? 'hang up' : undefined,
  )
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: expired })
  await rejection(t, client.getMe())
  broken = false
  t.deepEqual(await client.getMe(), alice)
})
