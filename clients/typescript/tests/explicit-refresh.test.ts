import test from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { problem } from './helpers/answers.ts'
import { rejection } from './helpers/rejection.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { makeToken } from './helpers/tokens.ts'

test('refreshToken uses the new token at once', async (t) => {
  const server = await startSessionServer(t)
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken() })
  const { token } = await client.refreshToken()
  t.is(token, makeToken({ gen: 2 }))
  t.deepEqual(
    server.requests.map((request) => [request.method, request.path, request.token]),
    [
      ['POST', '/api/auth/refresh', makeToken()],
      ['GET', '/api/auth/me', token],
    ],
  )
})

test('a refresh for a waiting request makes no such extra request', async (t) => {
  const server = await startSessionServer(t)
  await new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken() }).listOAuthAccounts()
  t.is(server.of('GET /me').length, 0)
})

test('refreshToken succeeds even if the use of the new token fails', async (t) => {
  const server = await startSessionServer(t, ({ path }) => (path === '/api/auth/me' ? 'hang up' : undefined))
  const storage = memoryStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken(), storage })
  const { token } = await client.refreshToken()
  t.is(await storage.get(), token)
})

test('parallel calls of refreshToken make one refresh and one use', async (t) => {
  const server = await startSessionServer(t)
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken() })
  const results = await Promise.all([client.refreshToken(), client.refreshToken(), client.refreshToken()])
  t.is(new Set(results.map(({ token }) => token)).size, 1)
  t.is(server.refreshes(), 1)
  t.is(server.of('GET /me').length, 1)
})

test('refreshToken called again makes another refresh', async (t) => {
  const server = await startSessionServer(t)
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken() })
  await client.refreshToken()
  t.is((await client.refreshToken()).token, makeToken({ gen: 3 }))
})

test('refreshToken without a token reports token_missing', async (t) => {
  const server = await startSessionServer(t)
  t.is((await rejection(t, new GuestlistClient({ baseUrl: server.baseUrl }).refreshToken())).code, 'token_missing')
})

test('a new token that is refused at its first use as that of an ended session is dropped', async (t) => {
  const server = await startSessionServer(t, ({ path }) =>
    path === '/api/auth/me' ? problem(401, 'session_ended') : undefined,
  )
  const storage = memoryStorage()
  await new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken(), storage }).refreshToken()
  t.is(await storage.get(), null)
})
