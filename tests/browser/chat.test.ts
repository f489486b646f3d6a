import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { BrowserContext, Page } from 'playwright-core'
import { findFreePort } from '../../scripts/find-free-port.ts'
import { startBrowser } from '../helpers/browser.ts'
import { startProcess } from '../helpers/processes.ts'
import { send } from '../helpers/send.ts'
import { projectFolder } from '../helpers/source-files.ts'

const folder = join(projectFolder, 'clients', 'examples', 'chat')

/** Starts the example by its one command, and waits until both of its servers answer. */
async function startChat(t: ExecutionContext): Promise<{ url: string; guestlist: string }> {
  const [port, chatPort] = [await findFreePort(), await findFreePort()]
  const settings = { PORT: String(port), CHAT_PORT: String(chatPort), LOG_LEVEL: 'silent' }
  const chat = startProcess(t, process.execPath, [join(folder, 'app.ts')], settings)
  t.teardown(async () => {
    chat.child.kill('SIGTERM')
    await chat.ended
  })
  await chat.waitFor(/Chat: http/)
  const guestlist = `http://localhost:${port}`
  while (!(await fetch(`${guestlist}/readyz`).catch(() => undefined))?.ok) {
    if (chat.child.exitCode !== null) throw new Error(`the chat ended: ${chat.stderr()}`)
    await new Promise(setImmediate)
  }
  return { url: `http://localhost:${chatPort}/`, guestlist }
}

async function enter(browser: BrowserContext, address: string, fields: Record<string, string>): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(address)
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).fill(value)
  await page.getByRole('button', { name: 'Enter' }).click()
  return page
}

test('the page and the backend of the example have at most 150 lines', (t) => {
  const lines = ['app.ts', 'index.html'].map(
    (name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').length,
  )
  t.true(lines.reduce((sum, count) => sum + count, 0) <= 150)
})

test('where its port is taken the example says so, and leaves no server behind', async (t) => {
  const port = await findFreePort()
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port: chatPort } = taken.address() as AddressInfo
  const settings = { PORT: String(port), CHAT_PORT: String(chatPort), LOG_LEVEL: 'silent' }
  const { code, stderr } = await startProcess(t, process.execPath, [join(folder, 'app.ts')], settings).ended
  t.is(code, 1)
  t.regex(stderr, /EADDRINUSE/)
  await t.throwsAsync(fetch(`http://localhost:${port}/readyz`))
})

test('people join the chat by a link or sign in, read one another, and see who is online', async (t) => {
  const first = await startBrowser(t)
  const second = await startBrowser(t)
  if (first === undefined || second === undefined) return
  const { url } = await startChat(t)
  const carol = await enter(first, `${url}#invite=ABC123`, {
    email: 'carol@example.com',
    username: 'carol',
    password: 'a few words of carol',
  })
  await carol.locator('#people .online', { hasText: 'carol' }).waitFor()
  await carol.locator('[name=text]').fill('Hello from carol')
  await carol.locator('[name=text]').press('Enter')
  await carol.locator('#messages li', { hasText: 'carol: Hello from carol' }).waitFor()

  const alice = await enter(second, url, { email: 'alice@example.com', password: 'secure-password' })
  await alice.locator('#messages li', { hasText: 'carol: Hello from carol' }).waitFor()
  t.is(await alice.locator('#people .online').count(), 2)
  await carol.getByRole('button', { name: 'Leave' }).click()
  await alice.locator('#people span:not(.online)', { hasText: 'carol' }).waitFor()
})

test('nothing can be filled in before the page can send it: no password gets into an address', async (t) => {
  const browser = await startBrowser(t)
  if (browser === undefined) return
  const { url } = await startChat(t)
  const page = await browser.newPage()
  let answerSettings = () => {}
  const mayAnswer = new Promise<void>((resolve) => {
    answerSettings = resolve
  })
  const isAsked = page.waitForRequest('**/settings.json')
  await page.route('**/settings.json', async (route) => {
    await mayAnswer
    await route.continue()
  })
  await page.goto(url)
  await isAsked
  t.true(await page.getByRole('button', { name: 'Enter' }).isHidden())
  answerSettings()
  await page.getByRole('button', { name: 'Enter' }).waitFor()
  await page.locator('[name=email]').fill('alice@example.com')
  await page.locator('[name=password]').fill('wrong-password')
  await page.getByRole('button', { name: 'Enter' }).click()
  await page.locator('#problem', { hasText: 'The email address or the password is wrong' }).waitFor()
  t.is(page.url(), url)
})

test('a wrong password opens no chat, and a forged token reads nothing of it', async (t) => {
  const browser = await startBrowser(t)
  if (browser === undefined) return
  const { url, guestlist } = await startChat(t)
  const page = await enter(browser, url, { email: 'alice@example.com', password: 'wrong-password' })
  await page.locator('#problem', { hasText: 'The email address or the password is wrong' }).waitFor()
  t.true(await page.locator('main').isHidden())
  const body = { email: 'alice@example.com', password: 'secure-password' }
  const { token } = (await send(guestlist, 'POST', '/api/auth/login', { body })).body
  const ask = (given: string) => send(url, 'GET', 'chat', { token: given })
  t.is((await ask(token)).status, 200)
  const [head, claims, signature = ''] = token.split('.')
  const forged = `${head}.${claims}.${[...signature].reverse().join('')}`
  const refused = await ask(forged)
  t.is(refused.status, 401)
  t.is(refused.body.code, 'token_invalid')
})
