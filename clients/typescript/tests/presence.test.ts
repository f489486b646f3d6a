import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { alice, noContent, ok, problem } from './helpers/answers.ts'
import { fakeClock } from './helpers/fake-clock.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'
import { watchedFetch } from './helpers/watched-fetch.ts'

const token = makeToken()

test('presence makes a request at once and then every 30 seconds', async (t) => {
  const { fetch, done } = watchedFetch()
  const server = await startTestServer(t, () => ok(alice))
  const clock = fakeClock()
  const stop = new GuestlistClient({ baseUrl: server.baseUrl, fetch, token, clock }).startPresence()
  await done(1)
  clock.advance(29_999)
  t.is(server.requests.length, 1)
  clock.advance(1)
  await done(2)
  clock.advance(30_000)
  await done(3)
  stop()
  t.deepEqual(
    server.requests.map(({ method, path, token }) => [method, path, token]),
    Array(3).fill(['GET', '/api/auth/me', token]),
  )
  t.is(new Set(server.requests.map(({ headers }) => headers['guestlist-connection'])).size, 1)
})

test('presence that was stopped makes no request and leaves no timer', async (t) => {
  const { fetch, done } = watchedFetch()
  const server = await startTestServer(t, () => ok(alice))
  const clock = fakeClock()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, fetch, token, clock })
  const stop = client.startPresence()
  await done(1)
  stop()
  stop()
  t.is(clock.running, 0)
  clock.advance(120_000)
  await client.getConfig()
  t.is(server.requests.length, 2)
})

test('presence started twice runs once, until both are stopped', async (t) => {
  const { fetch, done } = watchedFetch()
  const server = await startTestServer(t, () => ok(alice))
  const clock = fakeClock()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, fetch, token, clock })
  const stops = [client.startPresence(), client.startPresence()]
  await done(1)
  stops[0]?.()
  stops[0]?.()
  t.is(clock.running, 1)
  clock.advance(30_000)
  await done(2)
  stops[1]?.()
  t.is(clock.running, 0)
  t.is(server.requests.length, 2)
})

test('presence that was stopped can be started again, and an old stop does not stop it', async (t) => {
  const { fetch, done } = watchedFetch()
  const server = await startTestServer(t, () => ok(alice))
  const clock = fakeClock()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, fetch, token, clock })
  const stop = client.startPresence()
  stop()
  const again = client.startPresence()
  stop()
  t.is(clock.running, 1)
  await done(2)
  again()
  t.is(clock.running, 0)
})

test('presence goes on when a request fails', async (t) => {
  const failures = ['hang up', problem(503, 'overloaded'), problem(429, 'rate_limited'), problem(401, 'token_invalid')]
  const { fetch, done } = watchedFetch()
  const server = await startTestServer(t, (_, count) => (failures[count - 1] as 'hang up' | undefined) ?? ok(alice))
  const clock = fakeClock()
  const stop = new GuestlistClient({ baseUrl: server.baseUrl, fetch, token, clock }).startPresence()
  for (const count of [1, 2, 3, 4, 5]) {
    await done(count)
    clock.advance(30_000)
  }
  await done(6)
  stop()
  t.is(clock.running, 0)
})

test('presence ends with the session', async (t) => {
  const { fetch, done } = watchedFetch()
  const server = await startTestServer(t, () => problem(401, 'session_ended'))
  const clock = fakeClock()
  const storage = memoryStorage()
  const stop = new GuestlistClient({ baseUrl: server.baseUrl, fetch, token, clock, storage }).startPresence()
  await done(1)
  t.is(clock.running, 0)
  t.is(await storage.get(), null)
  t.notThrows(stop)
})

test('presence ends with logout and with disconnect', async (t) => {
  const server = await startTestServer(t, ({ method }) => (method === 'GET' ? ok(alice) : noContent))
  for (const leave of ['logout', 'disconnect'] as const) {
    const clock = fakeClock()
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token, clock })
    client.startPresence()
    await client[leave]()
    t.is(clock.running, 0)
  }
})

test('presence waits for somebody to sign in', async (t) => {
  const { fetch, done } = watchedFetch()
  const server = await startTestServer(t, ({ path }) =>
    path === '/api/auth/login' ? ok({ token, user: alice }) : ok(alice),
  )
  const clock = fakeClock()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, fetch, clock })
  const stop = client.startPresence()
  await client.login({ email: 'alice@example.com', password: 'secure-password' })
  clock.advance(30_000)
  await done(2)
  stop()
  t.deepEqual(
    server.requests.map(({ path, token }) => [path, token]),
    [
      ['/api/auth/login', null],
      ['/api/auth/me', token],
    ],
  )
})

test('requests to a server that does not answer do not pile up', async (t) => {
  let calls = 0
  const fetch = () => {
    calls += 1
    return new Promise<Response>(() => {})
  }
  const clock = fakeClock()
  const stop = new GuestlistClient({ baseUrl: 'http://localhost:3000', token, fetch, clock }).startPresence()
  await setImmediate()
  for (let minute = 0; minute < 10; minute += 1) clock.advance(60_000)
  await setImmediate()
  stop()
  t.is(calls, 1)
})
