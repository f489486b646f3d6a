import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import type { ExecutionContext } from 'ava'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { type Answer, startTestServer } from './test-server.ts'

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

// Nothing but the test's own requests leaves the browser.
const quietFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** An installed Chromium, or `undefined`; CHROMIUM_PATH names one in an unusual place. */
export const chromiumPath = [process.env.CHROMIUM_PATH, ...usual].find((path) => path && existsSync(path))

/** A browser in which http://chat.example, to a browser an insecure address, is this machine. */
export async function startBrowser(t: ExecutionContext): Promise<BrowserContext> {
  const browser = await chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [...quietFlags, '--host-resolver-rules=MAP chat.example 127.0.0.1'],
  })
  t.teardown(() => browser.close())
  return browser.newContext()
}

/** Serves an empty page and the client's source as the browser can read it; answers where. */
export async function startSite(t: ExecutionContext): Promise<string> {
  const { baseUrl } = await startTestServer(t, async ({ path }): Promise<Answer> => {
    if (!path.endsWith('.ts'))
      return { status: 200, text: '<title>A page</title>', headers: { 'Content-Type': 'text/html' } }
    const source = await readFile(new URL(`../../src${path}`, import.meta.url), 'utf8')
    return { status: 200, text: stripTypeScriptTypes(source), headers: { 'Content-Type': 'text/javascript' } }
  })
  return baseUrl
}

/** Opens a tab whose `window.client` is a client of that server over localStorage. */
export async function openTab(browser: BrowserContext, site: string, baseUrl: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(site)
  await page.evaluate(
    `import('/index.ts').then(({ GuestlistClient, webStorage }) => {
      window.client = new GuestlistClient({ baseUrl: '${baseUrl}', storage: webStorage(localStorage) })
    })`,
  )
  return page
}

/** Lets pages of any origin in, with the headers that the server allows and no others. */
export function allowOrigins(answer: Answer): Answer {
  if (typeof answer === 'string') return answer
  const cors = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET, POST, PATCH, DELETE',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, Guestlist-Connection, Last-Event-ID',
    'Access-Control-Expose-Headers': 'Retry-After',
  }
  return { ...answer, headers: { ...answer.headers, ...cors } }
}
