import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { GuestlistClient, webStorage } from '../src/index.ts'
import { alice, problem } from './helpers/answers.ts'
import { fakeClock } from './helpers/fake-clock.ts'
import { rejection } from './helpers/rejection.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { makeToken } from './helpers/tokens.ts'
import { watchedFetch } from './helpers/watched-fetch.ts'
import { fakeLocks, memoryArea } from './helpers/web-platform.ts'

const expired = makeToken()

test.serial('two tabs with one expired token make one refresh', async (t) => {
  const locks = fakeLocks(t)
  const server = await startSessionServer(t)
  const area = memoryArea()
  area.setItem('guestlist.token', expired)
  const tabs = [1, 2].map(() => new GuestlistClient({ baseUrl: server.baseUrl, storage: webStorage(area) }))
  await Promise.all(tabs.flatMap((tab) => [tab.getMe(), tab.getMe()]))
  t.is(server.refreshes(), 1)
  t.is(area.getItem('guestlist.token'), makeToken({ gen: 2 }))
  t.deepEqual(new Set(locks.names), new Set([`guestlist ${server.baseUrl} guestlist.token`]))
})

test.serial('two tabs that both refresh on purpose make one refresh', async (t) => {
  fakeLocks(t)
  const server = await startSessionServer(t)
  const area = memoryArea()
  area.setItem('guestlist.token', expired)
  const tabs = [1, 2].map(() => new GuestlistClient({ baseUrl: server.baseUrl, storage: webStorage(area) }))
  const [first, second] = await Promise.all(tabs.map((tab) => tab.refreshToken()))
  t.deepEqual(first, second)
  t.is(server.refreshes(), 1)
})

test.serial('a tab in whose storage another has put a new token uses that one', async (t) => {
  fakeLocks(t)
  const area = memoryArea()
  area.setItem('guestlist.token', expired)
  const server = await startSessionServer(t, ({ token }) => {
    if (token === expired) area.setItem('guestlist.token', makeToken({ gen: 7 }))
    return undefined
  })
  server.fresh.add(makeToken({ gen: 7 }))
  const client = new GuestlistClient({ baseUrl: server.baseUrl, storage: webStorage(area) })
  t.deepEqual(await client.getMe(), alice)
  t.is(server.refreshes(), 0)
  t.is(area.getItem('guestlist.token'), makeToken({ gen: 7 }))
})

test.serial('a storage of its own takes no lock', async (t) => {
  const locks = fakeLocks(t)
  const server = await startSessionServer(t)
  await new GuestlistClient({ baseUrl: server.baseUrl, token: expired }).getMe()
  t.deepEqual(locks.names, [])
})

test.serial('without locks tabs go on without', async (t) => {
  fakeLocks(t, 'missing')
  const server = await startSessionServer(t)
  const area = memoryArea()
  await new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage: webStorage(area) }).getMe()
  t.is(server.refreshes(), 1)
})

test.serial('a page that may not use locks goes on without', async (t) => {
  fakeLocks(t, 'forbidden')
  const server = await startSessionServer(t)
  const area = memoryArea()
  await new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage: webStorage(area) }).getMe()
  t.is(server.refreshes(), 1)
})

test.serial('a lock that is never given up delays a refresh no longer than the timeout', async (t) => {
  fakeLocks(t, 'held')
  const server = await startSessionServer(t)
  const storage = webStorage(memoryArea())
  await new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage, timeout: 500 }).getMe()
  t.is(server.refreshes(), 1)
})

test.serial('a refresh that fails under the lock is made once and gives the lock back', async (t) => {
  fakeLocks(t)
  const server = await startSessionServer(t, ({ path }) =>
    path === '/api/auth/refresh' ? problem(503, 'overloaded') : undefined,
  )
  const storage = webStorage(memoryArea())
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage, maxRetries: 0 })
  t.is((await rejection(t, client.getMe())).code, 'overloaded')
  t.is(server.refreshes(), 1)
  t.is((await rejection(t, client.getMe())).code, 'overloaded')
  t.is(server.refreshes(), 2)
})

test.serial(
  'a tab keeps the lock for a moment, so that its token reaches the others before the lock does',
  async (t) => {
    const locks = fakeLocks(t)
    const server = await startSessionServer(t)
    const clock = fakeClock()
    const storage = webStorage(memoryArea())
    await new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage, clock }).refreshToken()
    t.is(locks.held, 1)
    clock.advance(100)
    await setImmediate()
    t.is(locks.held, 0)
  },
)

test.serial('a tab that finds a new token gives the lock back at once', async (t) => {
  const locks = fakeLocks(t)
  const area = memoryArea()
  area.setItem('guestlist.token', expired)
  const server = await startSessionServer(t, ({ token }) => {
    if (token === expired) area.setItem('guestlist.token', makeToken({ gen: 7 }))
    return undefined
  })
  server.fresh.add(makeToken({ gen: 7 }))
  const clock = fakeClock()
  await new GuestlistClient({ baseUrl: server.baseUrl, storage: webStorage(area), clock }).getMe()
  await setImmediate()
  t.is(locks.held, 0)
  t.is(clock.running, 0)
})

test.serial('a refresh that failed gives the lock back at once', async (t) => {
  const locks = fakeLocks(t)
  const server = await startSessionServer(t, () => problem(503, 'overloaded'))
  const clock = fakeClock()
  const storage = webStorage(memoryArea())
  const options = { baseUrl: server.baseUrl, token: expired, storage, clock, maxRetries: 0 }
  await rejection(t, new GuestlistClient(options).refreshToken())
  await setImmediate()
  t.is(locks.held, 0)
  t.is(clock.running, 0)
})

test.serial(
  'a tab that has to wait before it refreshes again keeps the lock, and the others wait with it',
  async (t) => {
    const locks = fakeLocks(t)
    let refused = false
    const server = await startSessionServer(t, ({ path }) => {
      if (path !== '/api/auth/refresh' || refused) return undefined
      refused = true
      return problem(503, 'overloaded', {}, { 'Retry-After': '5' })
    })
    const area = memoryArea()
    area.setItem('guestlist.token', expired)
    const clock = fakeClock()
    const { fetch, done } = watchedFetch()
    const options = { baseUrl: server.baseUrl, clock, fetch }
    const tabs = [1, 2].map(() => new GuestlistClient({ ...options, storage: webStorage(area) }))
    const people = Promise.all(tabs.map((tab) => tab.getMe()))
    await done(3)
    t.is(locks.held, 1)
    t.is(server.refreshes(), 1)
    clock.advance(5_000)
    await done(5)
    clock.advance(100)
    t.deepEqual(await people, [alice, alice])
    t.is(server.refreshes(), 2)
  },
)
