import test from 'ava'
import { registerPerson } from '../../../tests/helpers/people.ts'
import { startServer, type TestServer } from '../../../tests/helpers/start-server.ts'
import { sessionRow } from '../../../tests/helpers/tokens.ts'
import { GuestlistClient } from '../src/index.ts'
import { chromiumPath, openTab, startBrowser, startSite } from './helpers/browser.ts'

const browserTest = chromiumPath === undefined && process.env.CI !== 'true' ? test.skip : test.serial

/** The refreshes that the server has answered, with their status. */
function refreshes(server: TestServer): number[] {
  const lines = server.log().trim().split('\n')
  return lines
    .map((line) => JSON.parse(line))
    .filter(({ method, route }) => method === 'POST' && route === '/api/auth/refresh')
    .map(({ status }) => status)
}

browserTest('twenty tabs that find one token expired at once refresh it once, and nobody is signed out', async (t) => {
  const [browser, site, server] = [await startBrowser(t), await startSite(t), await startServer(t)]
  const { token } = await registerPerson(server)
  const tabs = await Promise.all(Array.from({ length: 20 }, () => openTab(browser, site, server.url)))
  const [first] = tabs
  await first?.evaluate(`localStorage.setItem('guestlist.token', '${token}')`)
  const hasToken = `localStorage.getItem('guestlist.token') !== null`
  await Promise.all(tabs.map((tab) => tab.waitForFunction(hasToken, undefined, { polling: 20 })))
  server.clock.advance(16 * 60_000)

  const askTwice = 'Promise.all([client.getMe(), client.getMe()]).then((people) => people.map((me) => me.username))'
  const names = await Promise.all(tabs.map((tab) => tab.evaluate(askTwice)))
  t.deepEqual(names, Array(20).fill(['alice', 'alice']))
  t.deepEqual(refreshes(server), [200])
  t.like(sessionRow(server, token), { generation: 2, ended_at: null })
  const again = await Promise.all(tabs.map((tab) => tab.evaluate('client.getMe().then((me) => me.username)')))
  t.deepEqual(again, Array(20).fill('alice'))
  t.is(refreshes(server).length, 1)
})

test('twenty calls of one client that find its token expired at once refresh it once', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const client = new GuestlistClient({ baseUrl: server.url, token })
  server.clock.advance(16 * 60_000)
  const people = await Promise.all(Array.from({ length: 20 }, () => client.getMe()))
  t.deepEqual(people, Array(20).fill(user))
  t.deepEqual(refreshes(server), [200])
  t.like(sessionRow(server, token), { generation: 2, ended_at: null })
})
