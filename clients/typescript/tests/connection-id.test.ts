import test from 'ava'
import { GuestlistClient } from '../src/index.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { makeToken } from './helpers/tokens.ts'

test('every authenticated request of a client carries its connection id, also the refresh', async (t) => {
  const server = await startSessionServer(t)
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken() })
  await client.getMe()
  await client.disconnect()
  const ids = server.requests.map(({ headers }) => headers['guestlist-connection'])
  t.is(ids.length, 4)
  t.is(new Set(ids).size, 1)
  t.regex(String(ids[0]), /^[A-Za-z0-9_-]{22,64}$/)
})

test('each client has a connection id of its own', async (t) => {
  const server = await startSessionServer(t)
  server.fresh.add(makeToken())
  await new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken() }).getMe()
  await new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken() }).getMe()
  const [first, second] = server.requests.map(({ headers }) => headers['guestlist-connection'])
  t.not(first, second)
})

test('a request without a token carries none', async (t) => {
  const server = await startSessionServer(t)
  await new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken() }).getConfig()
  t.false('guestlist-connection' in (server.requests[0]?.headers ?? {}))
})
