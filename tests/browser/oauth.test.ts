import type { GuestlistClient, SignInResult } from '@guestlist/client'
import test from 'ava'
import type { Page } from 'playwright-core'
import { findFreePort } from '../../scripts/find-free-port.ts'
import { servePage, startBrowser } from '../helpers/browser.ts'
import { runCommand } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { consentAs, startOidcProvider } from '../helpers/oidc-provider.ts'
import { startServerProcess } from '../helpers/processes.ts'

declare global {
  // What the page puts at hand.
  var client: GuestlistClient
  var leaveFor: (address: string) => void
  var back: Promise<SignInResult | { code: string } | undefined>
}

const script = (baseUrl: string): string => `
  import { GuestlistClient, webStorage } from '/client/index.js'
  globalThis.client = new GuestlistClient({ baseUrl: '${baseUrl}', storage: webStorage(localStorage) })
  globalThis.leaveFor = (address) => location.assign(address)
  globalThis.back = globalThis.client.completeOAuthReturn().catch(({ code }) => ({ code }))`

const isBack = async (page: Page) => await page.waitForFunction(() => 'back' in globalThis)

/** What came of it, once the page has opened again behind the provider. */
async function outcomeOf(page: Page): Promise<SignInResult | { code: string } | undefined> {
  await isBack(page)
  return await page.evaluate(() => globalThis.back)
}

const goTo = async (page: Page, provider: string, input: { inviteCode?: string; username?: string } = {}) =>
  await page.evaluate(
    async ([name, fields]) => {
      const { authorizationUrl } = await globalThis.client.loginWithOAuth(name, fields)
      globalThis.leaveFor(authorizationUrl)
    },
    [provider, input] as const,
  )

const goToLink = async (page: Page, provider: string) =>
  await page.evaluate(async (name) => {
    globalThis.leaveFor((await globalThis.client.linkOAuthAccount(name)).authorizationUrl)
  }, provider)

test('somebody joins through a provider, comes back, links another, and keeps the last', async (t) => {
  const browser = await startBrowser(t)
  if (browser === undefined) return
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const settings = {
    ...(await startOidcProvider(t, 'club', url, { host: 'localhost', clientAuth: 'client_secret_basic' })),
    ...(await startOidcProvider(t, 'guild', url, { host: '127.0.0.1', clientAuth: 'client_secret_post' })),
  }
  const file = newDataFile(t)
  const server = await startServerProcess(t, file, { ...settings, PORT: String(port), PUBLIC_URL: url })
  await runCommand(t, file, ['invites', 'mint', '--code', 'ABC123'])
  const application = await servePage(t, script(url))
  const page = await browser.newPage()
  const addresses: string[] = []
  page.on('request', (request) => addresses.push(request.url()))
  await page.goto(application)
  t.is(await outcomeOf(page), undefined)

  await goTo(page, 'club', { inviteCode: 'ABC123', username: 'fox' })
  await page.waitForURL(/\/interaction\//)
  await consentAs(page, 'felix')
  await page.waitForURL(`${application}**`)
  const joined = (await outcomeOf(page)) as SignInResult
  t.like(joined, { user: { username: 'fox', displayName: 'fox' } })
  t.is(page.url(), application, 'the code is gone from the address')

  await page.evaluate(() => globalThis.client.logout())
  await goTo(page, 'club')
  await page.waitForURL(`${application}**`)
  const again = (await outcomeOf(page)) as SignInResult
  t.deepEqual(again.user, joined.user)

  await goToLink(page, 'guild')
  await page.waitForURL(/\/interaction\//)
  await consentAs(page, 'reineke')
  await page.waitForURL(`${application}**`)
  t.like(await outcomeOf(page), { user: joined.user })
  const accounts = await page.evaluate(() => globalThis.client.listOAuthAccounts())
  t.deepEqual(
    accounts.map(({ provider, providerAccountId, email }) => [provider, providerAccountId, email]),
    [
      ['club', 'felix', 'felix@example.com'],
      ['guild', 'reineke', 'reineke@example.com'],
    ],
  )
  const unlink = (id = ''): Promise<string> =>
    page.evaluate(async (each) => {
      try {
        await globalThis.client.unlinkOAuthAccount(each)
        return 'unlinked'
      } catch (error) {
        return (error as { code: string }).code
      }
    }, id)
  t.is(await unlink(accounts[0]?.id), 'unlinked')
  t.is(await unlink(accounts[1]?.id), 'last_sign_in_method')
  for (const address of addresses) t.notRegex(address, /eyJ/, 'no token stands in an address')

  // A stranger who is led to where somebody else was to come back.
  const { body: own } = await server.request('POST', '/api/auth/oauth/guild/login', { body: { returnTo: application } })
  await page.goto(own.authorizationUrl)
  await page.waitForURL(`${application}**`)
  const codes = addresses.map((address) => new URL(address).searchParams.get('oauth_code')).filter(Boolean)
  const other = await browser.browser()?.newContext()
  const stranger = await other?.newPage()
  await stranger?.goto(`${application}?oauth_code=${codes.at(-1)}`)
  t.deepEqual(stranger && (await outcomeOf(stranger)), { code: 'oauth_flow_invalid' })
  t.is(await stranger?.evaluate(() => localStorage.length), 0)
})
