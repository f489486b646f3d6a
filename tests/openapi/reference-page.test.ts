import test from 'ava'
import { routes } from '../../server/routes.ts'
import { startBrowser } from '../helpers/browser.ts'
import { startServer } from '../helpers/start-server.ts'
import { startTestServer } from '../helpers/test-server-process.ts'

test('the reference page shows every operation, calls one, and asks nobody but this server for anything', async (t) => {
  const browser = await startBrowser(t)
  if (browser === undefined) return
  const server = await startTestServer(t)
  const page = await browser.newPage()
  const addresses: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => addresses.push(request.url()))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(`${server.url}/docs`)
  await page
    .locator('.opblock')
    .nth(routes.length - 1)
    .waitFor()
  t.is(await page.locator('.opblock').count(), routes.length)
  t.true(
    (await page.locator('.opblock-summary-path').allInnerTexts()).some((text) => text.includes('/api/auth/register')),
  )
  const config = page.locator('.opblock', { has: page.getByText('/api/auth/config', { exact: false }) })
  await config.locator('.opblock-summary-control').click()
  await config.locator('.try-out__btn').click()
  await config.locator('.execute').click()
  await config.locator('.live-responses-table .response-col_description pre').first().waitFor()
  t.regex(await config.locator('.live-responses-table').first().innerText(), /200[\s\S]*inviteRequired/)
  t.deepEqual(complaints, [], 'the policy of the page lets it do all that it does')
  t.deepEqual(
    addresses.filter((address) => !address.startsWith(server.url) && !address.startsWith('data:')),
    [],
  )
})

test('a file that the page does not load is not found', async (t) => {
  const server = await startServer(t)
  for (const name of [
    'index.html',
    'package.json',
    '..%2f..%2fpackage.json',
    'swagger-ui.js',
    'constructor',
    '__proto__',
  ]) {
    t.is((await server.request('GET', `/docs/${name}`)).body.code, 'not_found', name)
  }
  t.is((await server.request('GET', '/docs/swagger-ui.css')).headers.get('content-type'), 'text/css; charset=utf-8')
  t.is((await server.request('GET', '/docs/start.js')).headers.get('cache-control'), 'public, max-age=3600')
})
