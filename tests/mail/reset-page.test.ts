import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { startBrowser } from '../helpers/browser.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { startServer } from '../helpers/start-server.ts'

const newPassword = 'a-new-secure-password'

test('opening the page, however often, spends nothing', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const code = await makeResetCodeFor(server)
  const paths = [
    '/reset-password',
    `/reset-password?code=${code}`,
    '/reset-password/page.js',
    '/reset-password/page.css',
  ]
  for (const path of paths) {
    for (const method of ['GET', 'GET', 'HEAD']) t.is((await server.request(method, path)).status, 200, path)
  }
  assertProblem(t, await server.request('POST', '/reset-password'), 405, 'method_not_allowed')
  t.is((await server.request('GET', '/api/auth/me', { token })).status, 200)
  t.is((await resetPassword(server, code, newPassword)).status, 204)
})

test('the page runs and loads what this server sends and nothing else, and tells nobody where it was', async (t) => {
  const server = await startServer(t, { settings: { PASSWORD_MIN_LENGTH: '8' } })
  const { headers, text } = await server.request('GET', '/reset-password')
  t.is(
    headers.get('content-security-policy'),
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; " +
      "form-action 'none'; frame-ancestors 'none'",
  )
  t.is(headers.get('referrer-policy'), 'no-referrer')
  t.is(headers.get('cache-control'), 'no-store')
  t.regex(text, /8 to 128 characters/)
  t.regex(text, /<noscript>/)
  const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address)
  t.deepEqual(addresses, ['data:,', 'reset-password/page.css', 'reset-password/page.js'], 'relative ones')
  for (const name of ['page.ts', 'constructor', '..%2fpackage.json']) {
    assertProblem(t, await server.request('GET', `/reset-password/${name}`), 404, 'not_found')
  }
})

test('in a browser the button, and only it, sets the password; errors are told, and the code leaves the address', async (t) => {
  const browser = await startBrowser(t)
  if (browser === undefined) return
  const server = await startServer(t)
  await registerPerson(server)
  const code = await makeResetCodeFor(server)
  const page = await browser.newPage()
  const sent: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => request.method() !== 'GET' && sent.push(request.url()))
  page.on('console', (message) => /policy/i.test(message.text()) && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  const codeField = page.getByLabel('The code from the mail')
  const passwordField = page.getByLabel('New password')
  const button = page.getByRole('button', { name: 'Set the password' })
  const problem = page.getByRole('alert')

  await page.goto(`${server.url}/reset-password#code=${code}`)
  await page.waitForURL(`${server.url}/reset-password`)
  t.false(await codeField.isVisible())
  t.deepEqual(sent, [], 'the script alone does nothing')
  await passwordField.fill('short')
  await button.click()
  await problem.getByText('This password is too short.', { exact: false }).waitFor()

  await page.goto('about:blank')
  await page.goto(`${server.url}/reset-password`)
  await codeField.fill('a wrong code')
  await passwordField.fill(newPassword)
  await button.click()
  await problem.getByText('This password reset code is unknown', { exact: false }).waitFor()
  t.is((await logIn(server, 'alice', newPassword)).status, 401)

  await page.goto(`${server.url}/reset-password#code=${code}`)
  await page.waitForURL(`${server.url}/reset-password`)
  t.is(await codeField.inputValue(), code, 'the link is read on the open page too')
  await button.click()
  await page.getByText('Your new password is set', { exact: false }).waitFor()
  t.false(await button.isVisible())
  t.is(sent.length, 3)
  t.deepEqual(complaints, [], 'the policy lets the page do all that it does')
  t.is((await logIn(server, 'alice', newPassword)).status, 200)
  t.false(server.log().includes(code))
})
