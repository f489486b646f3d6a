import type { GuestlistClient } from '@guestlist/client'
import test, { type ExecutionContext } from 'ava'
import type { BrowserContext, Page } from 'playwright-core'
import { servePage, startBrowser } from '../helpers/browser.ts'
import { type Person, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const minute = 60_000

declare global {
  // What the page puts at hand.
  var client: GuestlistClient
  var stop: () => void
}

interface Application {
  readonly server: TestServer
  readonly browser: BrowserContext
  /** Somebody else, who looks who is online. */
  readonly bob: Person
  openTab(): Promise<Page>
}

async function startApplication(t: ExecutionContext): Promise<Application | undefined> {
  const browser = await startBrowser(t)
  if (browser === undefined) return undefined
  const server = await startServer(t)
  const url = await servePage(
    t,
    `import { GuestlistClient, webStorage } from '/client/index.js'
     globalThis.client = new GuestlistClient({ baseUrl: '${server.url}', storage: webStorage(localStorage) })
     globalThis.stop = globalThis.client.startPresence()`,
  )
  const openTab = async (): Promise<Page> => {
    const page = await browser.newPage()
    await page.clock.install({ time: server.clock.now() })
    await page.goto(url)
    await page.waitForFunction(() => 'client' in globalThis)
    return page
  }
  return { server, browser, bob: await registerPerson(server, 'bob'), openTab }
}

async function register(server: TestServer, page: Page): Promise<string> {
  const inviteCode = await server.mintInvite(1)
  const input = { email: 'alice@example.com', password: 'secure-password', username: 'alice', inviteCode }
  return await page.evaluate(async (fields) => (await globalThis.client.register(fields)).user.id, input)
}

const getUsername = (page: Page): Promise<string> =>
  page.evaluate(async () => (await globalThis.client.getMe()).username)

async function getPresence({ server, bob }: Application, id: string): Promise<string> {
  const profile = await server.request('GET', `/api/auth/users/${id}`, { token: bob.token })
  // Bob's token expires while the clock moves; he signs in anew rather than disturb anybody.
  if (profile.status === 200) return profile.body.presence.status
  const login = await server.request('POST', '/api/auth/login', {
    body: { email: 'bob@example.com', password: 'secure-password' },
  })
  const again = await server.request('GET', `/api/auth/users/${id}`, { token: login.body.token })
  return again.body.presence.status
}

/** A farewell travels beside the page's end, so it is asked for until it has arrived. */
async function becomesOffline(application: Application, id: string): Promise<boolean> {
  const giveUpAt = Date.now() + 10_000
  while (Date.now() < giveUpAt) if ((await getPresence(application, id)) === 'offline') return true
  return false
}

/** Moves the clocks of the server and of the tabs together, and lets each tab's request arrive. */
async function moveClocks({ server }: Application, tabs: readonly Page[], ms: number): Promise<void> {
  server.clock.advance(ms)
  for (const tab of tabs) {
    const answered = tab.waitForResponse((response) => response.url().endsWith('/api/auth/me') && response.ok())
    await tab.clock.runFor(ms)
    await answered
  }
}

test('a page on another port registers, reloads, refreshes an expired token, stays online and leaves', async (t) => {
  const application = await startApplication(t)
  if (application === undefined) return
  const { server, openTab } = application
  const page = await openTab()
  const id = await register(server, page)
  t.is(await getUsername(page), 'alice')

  await page.reload()
  await page.waitForFunction(() => 'client' in globalThis)
  t.is(await getUsername(page), 'alice', 'the token outlives a reload')

  const before = await page.evaluate(() => localStorage.length)
  t.is(before, 1)
  server.clock.advance(16 * minute)
  t.is(await getUsername(page), 'alice', 'an expired token is refreshed on demand')
  t.deepEqual(server.query('SELECT generation, ended_at FROM sessions WHERE user_id = ?', id), [
    { generation: 2, ended_at: null },
  ])

  for (let half = 0; half < 6; half += 1) {
    await moveClocks(application, [page], minute / 2)
    t.is(await getPresence(application, id), 'online')
  }
  await page.close()
  t.true(await becomesOffline(application, id), 'the page says farewell when it closes')
})

test('with two tabs, closing one leaves the person online; closing the other does not', async (t) => {
  const application = await startApplication(t)
  if (application === undefined) return
  const { server, openTab } = application
  const first = await openTab()
  const id = await register(server, first)
  const second = await openTab()
  t.is(await getUsername(second), 'alice', 'the tabs share the token')
  t.is(await getUsername(first), 'alice')

  const farewell = server.log().split('/api/auth/disconnect').length
  await first.close()
  const giveUpAt = Date.now() + 10_000
  while (server.log().split('/api/auth/disconnect').length === farewell && Date.now() < giveUpAt) {
    await getPresence(application, id)
  }
  t.true(server.log().split('/api/auth/disconnect').length > farewell, 'the farewell has arrived')
  t.is(await getPresence(application, id), 'online')
  await second.close()
  t.true(await becomesOffline(application, id))
})

test('two tabs that find the token expired at once refresh it once, and neither is signed out', async (t) => {
  const application = await startApplication(t)
  if (application === undefined) return
  const { server, openTab } = application
  const tabs = [await openTab(), await openTab()]
  const [first] = tabs
  if (first === undefined) return t.fail()
  const id = await register(server, first)
  server.clock.advance(16 * minute)
  t.deepEqual(await Promise.all(tabs.map(getUsername)), ['alice', 'alice'])
  t.deepEqual(server.query('SELECT generation, ended_at FROM sessions WHERE user_id = ?', id), [
    { generation: 2, ended_at: null },
  ])
})
