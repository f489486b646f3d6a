import test from 'ava'
import { GuestlistClient } from '../src/index.ts'
import { alice, ok } from './helpers/answers.ts'
import { fakeClock } from './helpers/fake-clock.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'
import { watchedFetch } from './helpers/watched-fetch.ts'
import { fakePage } from './helpers/web-platform.ts'

const token = makeToken()

test.serial(
  'a page that is left says goodbye by a beacon in plain text, with the token and its connection',
  async (t) => {
    const page = fakePage(t)
    const { fetch, done } = watchedFetch()
    const server = await startTestServer(t, () => ok(alice))
    const stop = new GuestlistClient({ baseUrl: server.baseUrl, fetch, token, clock: fakeClock() }).startPresence()
    await done(1)
    page.fire('pagehide', { persisted: false })
    const connection = server.requests[0]?.headers['guestlist-connection']
    t.deepEqual(page.beacons, [[`${server.baseUrl}/api/auth/disconnect`, JSON.stringify({ token, connection })]])
    stop()
  },
)

test.serial('a page left before or after presence runs, or by nobody signed in, says nothing', async (t) => {
  const page = fakePage(t)
  const { fetch, done } = watchedFetch()
  const server = await startTestServer(t, () => ok(alice))
  const client = new GuestlistClient({ baseUrl: server.baseUrl, fetch, token, clock: fakeClock() })
  page.fire('pagehide')
  const stop = client.startPresence()
  await done(1)
  stop()
  page.fire('pagehide')
  const stranger = new GuestlistClient({ baseUrl: server.baseUrl, fetch, clock: fakeClock() })
  const stopStranger = stranger.startPresence()
  page.fire('pagehide')
  stopStranger()
  t.deepEqual(page.beacons, [])
})

test.serial('a page that comes back from the back/forward cache is online at once', async (t) => {
  const page = fakePage(t)
  const { fetch, done } = watchedFetch()
  const server = await startTestServer(t, () => ok(alice))
  const clock = fakeClock()
  const stop = new GuestlistClient({ baseUrl: server.baseUrl, fetch, token, clock }).startPresence()
  await done(1)
  page.fire('pageshow', { persisted: false })
  page.fire('pagehide', { persisted: true })
  page.fire('pageshow', { persisted: true })
  await done(2)
  t.is(clock.running, 1)
  stop()
  t.is(server.requests.length, 2)
})

test.serial('a page whose timers were slowed is online at once when it is seen again', async (t) => {
  const page = fakePage(t)
  const { fetch, done } = watchedFetch()
  const server = await startTestServer(t, () => ok(alice))
  const clock = fakeClock()
  const stop = new GuestlistClient({ baseUrl: server.baseUrl, fetch, token, clock }).startPresence()
  await done(1)
  clock.sleep(29_999)
  page.show('visible')
  clock.sleep(1)
  page.show('hidden')
  t.is(server.requests.length, 1)
  page.show('visible')
  await done(2)
  t.is(clock.running, 1)
  stop()
})

test.serial('a page without beacons is left without a word', async (t) => {
  const page = fakePage(t, { beacons: false })
  const { fetch, done } = watchedFetch()
  const server = await startTestServer(t, () => ok(alice))
  const stop = new GuestlistClient({ baseUrl: server.baseUrl, fetch, token, clock: fakeClock() }).startPresence()
  await done(1)
  t.notThrows(() => page.fire('pagehide'))
  stop()
})
