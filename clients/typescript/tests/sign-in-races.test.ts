import test from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { alice, ok, problem } from './helpers/answers.ts'
import { gate } from './helpers/gate.ts'
import { rejection } from './helpers/rejection.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { makeToken } from './helpers/tokens.ts'

const expired = makeToken()
const bobs = makeToken({ sub: 'bob', sid: 'session-2' })
const credentials = { email: 'bob@example.com', password: 'secure-password' }

test('a token refreshed for an old session does not overwrite that of a login meanwhile', async (t) => {
  const { passed, open } = gate()
  const server = await startSessionServer(t, async ({ path }) => {
    if (path === '/api/auth/login') return ok({ token: bobs, user: { ...alice, id: 'bob' } })
    if (path === '/api/auth/refresh') await passed
    return undefined
  })
  const storage = memoryStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage })
  const request = client.getMe()
  await server.seen(2)
  await client.login(credentials)
  open()
  await request
  t.is(await storage.get(), bobs)
  t.is(server.of('GET /me')[1]?.token, makeToken({ gen: 2 }))
})

test('a token refreshed while the person signed out is not stored', async (t) => {
  const { passed, open } = gate()
  const server = await startSessionServer(t, async ({ path }) => {
    if (path === '/api/auth/logout') return { status: 204 }
    if (path === '/api/auth/refresh') await passed
    return undefined
  })
  const storage = memoryStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage })
  const request = client.getMe()
  await server.seen(2)
  await client.logout()
  open()
  await request
  t.is(await storage.get(), null)
})

test('a request of one person is never repeated as another', async (t) => {
  const storage = memoryStorage()
  const server = await startSessionServer(t, ({ token }) => {
    if (token === expired) storage.set(bobs)
    return undefined
  })
  server.fresh.add(bobs)
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage })
  t.is((await rejection(t, client.updateProfile({ displayName: 'Alice' }))).code, 'token_expired')
  t.is(server.of('PATCH /me').length, 1)
  t.is(server.refreshes(), 0)
  t.is(await storage.get(), bobs)
})

test('a request refused after the person signed out elsewhere is not repeated', async (t) => {
  const storage = memoryStorage()
  const server = await startSessionServer(t, () => {
    storage.remove()
    return problem(401, 'token_expired')
  })
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage })
  t.is((await rejection(t, client.getMe())).code, 'token_expired')
  t.is(server.requests.length, 1)
})

test('a refresh that ends an old session leaves the token of a newer one', async (t) => {
  const storage = memoryStorage()
  const server = await startSessionServer(t, ({ path }) => {
    if (path !== '/api/auth/refresh') return undefined
    storage.set(bobs)
    return problem(401, 'token_reused')
  })
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage })
  t.is((await rejection(t, client.getMe())).code, 'token_reused')
  t.is(await storage.get(), bobs)
})
