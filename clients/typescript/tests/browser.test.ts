import test, { type ExecutionContext } from 'ava'
import { registerPerson } from '../../../tests/helpers/people.ts'
import { startServer } from '../../../tests/helpers/start-server.ts'
import { GuestlistClient } from '../src/index.ts'
import { alice, noContent, ok, problem } from './helpers/answers.ts'
import { allowOrigins, chromiumPath, openTab, startBrowser, startSite } from './helpers/browser.ts'
import { gate } from './helpers/gate.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

// With CI=true a missing Chromium is a failure.
const browserTest = chromiumPath === undefined && process.env.CI !== 'true' ? test.skip : test.serial
const expired = makeToken()

async function startApi(t: ExecutionContext, mayRefresh = Promise.resolve()) {
  const fresh = new Set<string | null>()
  let generation = 1
  return startTestServer(t, async ({ method, path, token }) => {
    if (method === 'OPTIONS' || path === '/api/auth/disconnect') return allowOrigins(noContent)
    if (path === '/api/auth/refresh' || path === '/api/auth/register') {
      await mayRefresh
      generation += 1
      fresh.add(makeToken({ gen: generation }))
      return allowOrigins(ok({ token: makeToken({ gen: generation }), user: alice }))
    }
    if (path === '/api/auth/config') return allowOrigins(problem(429, 'rate_limited', {}, { 'Retry-After': '9' }))
    return allowOrigins(fresh.has(token) ? ok(alice) : problem(401, 'token_expired'))
  })
}

browserTest('of two tabs with one expired token one waits until the other has refreshed', async (t) => {
  const { passed, open } = gate()
  const [browser, site, api] = [await startBrowser(t), await startSite(t), await startApi(t, passed)]
  const tabs = [await openTab(browser, site, api.baseUrl), await openTab(browser, site, api.baseUrl)] as const
  const refreshes = () => api.requests.filter(({ method, path }) => method === 'POST' && path === '/api/auth/refresh')
  await tabs[0].evaluate(`localStorage.setItem('guestlist.token', '${expired}')`)
  await tabs[1].waitForFunction(`localStorage.getItem('guestlist.token')`, undefined, { polling: 20 })
  const people = Promise.all(tabs.map((tab) => tab.evaluate('Promise.all([client.getMe(), client.getMe()])')))
  const oneWaits = 'navigator.locks.query().then(({ pending }) => pending.length === 1)'
  await tabs[0].waitForFunction(oneWaits, undefined, { polling: 20 })
  for (let count = 1; refreshes().length === 0; count += 1) await api.seen(count)
  t.is(refreshes().length, 1)
  open()
  t.deepEqual(await people, Array(2).fill([alice, alice]))
  t.not(await tabs[0].evaluate(`localStorage.getItem('guestlist.token')`), expired)
})

browserTest('a tab that is left or closed disconnects, without asking first', async (t) => {
  const [browser, site, api] = [await startBrowser(t), await startSite(t), await startApi(t)]
  for (const leave of ['goto', 'close'] as const) {
    const tab = await openTab(browser, site, api.baseUrl)
    await tab.evaluate(`localStorage.setItem('guestlist.token', '${expired}')`)
    await tab.evaluate('client.startPresence(), client.getMe()')
    const before = api.requests.length
    await (leave === 'goto' ? tab.goto('about:blank') : tab.close({ runBeforeUnload: true }))
    await api.seen(before + 1)
    const [goodbye] = api.requests.slice(before)
    t.is(`${goodbye?.method} ${goodbye?.path}`, 'POST /api/auth/disconnect')
    t.regex(String(goodbye?.headers['content-type']), /^text\/plain/)
    const connection = api.requests.filter(({ path }) => path === '/api/auth/me').at(-1)?.headers[
      'guestlist-connection'
    ]
    t.is(JSON.parse(goodbye?.body ?? '').connection, connection)
  }
})

browserTest('a page of an insecure address, without locks and randomUUID, registers and refreshes', async (t) => {
  const [browser, site, api] = [await startBrowser(t), await startSite(t), await startApi(t)]
  const [page, server] = [site, api.baseUrl].map((address) => address.replace('127.0.0.1', 'chat.example'))
  const tab = await openTab(browser, String(page), String(server))
  t.deepEqual(await tab.evaluate('[isSecureContext, !!navigator.locks, !!crypto.randomUUID]'), [false, false, false])
  const input = { email: 'alice@example.com', password: 'secure-password', username: 'alice', inviteCode: 'ABC123' }
  await tab.evaluate(`client.register(${JSON.stringify(input)})`)
  t.deepEqual(await tab.evaluate('client.refreshToken()'), { token: makeToken({ gen: 3 }), user: alice })
})

browserTest('a browser reads Retry-After of another origin that exposes it', async (t) => {
  const [browser, site, api] = [await startBrowser(t), await startSite(t), await startApi(t)]
  const tab = await openTab(browser, site, api.baseUrl)
  t.is(await tab.evaluate('client.getConfig().catch((error) => error.retryAfter)'), 9)
})

browserTest('a page of another origin watches who comes, past the end of its token, and stops', async (t) => {
  const [browser, site, server] = [await startBrowser(t), await startSite(t), await startServer(t)]
  const [alice, bob] = [await registerPerson(server), await registerPerson(server, 'bob')]
  const tab = await openTab(browser, site, server.url)
  await tab.evaluate(`localStorage.setItem('guestlist.token', '${alice.token}')`)
  const next = () => tab.evaluate('watch.next()')
  t.deepEqual(await tab.evaluate('(window.watch = client.watchPresence()).next()'), {
    value: { type: 'snapshot', userIds: [alice.user.id] },
    done: false,
  })
  server.clock.advance(15 * 60_000)
  await server.auth.beat()
  t.like(await next(), { value: { type: 'offline', userId: alice.user.id } })
  t.like(await next(), { value: { type: 'online', userId: alice.user.id } })
  t.not(await tab.evaluate(`localStorage.getItem('guestlist.token')`), alice.token)
  const comes = next()
  await new GuestlistClient({ baseUrl: server.url, token: bob.token }).getMe()
  t.like(await comes, { value: { type: 'online', userId: bob.user.id } })
  const { presenceStreams } = server.auth.deps
  t.is(presenceStreams.count, 1)
  t.deepEqual(
    await tab.evaluate('Promise.all([watch.next(), watch.return()])'),
    Array(2).fill({ done: true, value: undefined }),
  )
  while (presenceStreams.count > 0) await new Promise(setImmediate)
  t.pass()
})
