import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { askForReset, codeIn, startMailingServer, startMailServer } from '../helpers/mail-server.ts'
import { assertProblem, goodPassword, logIn, registerPerson } from '../helpers/people.ts'

const minute = 60_000
const newPassword = 'a-new-secure-password'
const PUBLIC_URL = 'https://auth.example/guests'

test('who forgot the password gets a link by mail, sets a new one with its code, and old sessions are dead', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  const { token, user } = await registerPerson(server)
  const answer = await askForReset(server, 'alice@example.com')
  t.is(answer.status, 204)
  t.is(answer.text, '')
  const code = codeIn(await mailServer.waitForMail())
  t.is((await server.request('GET', '/api/auth/me', { token })).status, 200, 'asking alone changes nothing')

  t.is((await resetPassword(server, code, newPassword)).status, 204)
  for (const [method, path] of [
    ['GET', '/api/auth/me'],
    ['POST', '/api/auth/refresh'],
  ] as const) {
    assertProblem(t, await server.request(method, path, { token }), 401, 'session_ended')
  }
  assertProblem(t, await logIn(server), 401, 'invalid_credentials')
  t.is((await logIn(server, 'alice', newPassword)).status, 200)
  assertProblem(t, await resetPassword(server, code, 'yet-another-password'), 403, 'reset_code_invalid')

  const events = server.query("SELECT user_id, details FROM audit_events WHERE event = 'password.reset_code_made'")
  t.deepEqual(events, [{ user_id: user.id, details: '{"by":"mail"}' }])
  await server.stop()
  for (const secret of ['alice@example.com', code, code.replaceAll('-', ''), newPassword, goodPassword]) {
    t.false(server.log().includes(secret), 'neither address, code nor password is logged')
  }
})

test('a mailed code works for 30 minutes', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await registerPerson(server)
  await askForReset(server, 'alice@example.com')
  const late = codeIn(await mailServer.waitForMail())
  server.clock.advance(30 * minute)
  assertProblem(t, await resetPassword(server, late, newPassword), 403, 'reset_code_invalid')
  await askForReset(server, 'alice@example.com')
  const code = codeIn(await mailServer.waitForMail(2))
  t.is(server.query('SELECT code_hash FROM password_reset_codes').length, 1, 'what has expired is cleared away')
  server.clock.advance(30 * minute - 1)
  t.is((await resetPassword(server, code, newPassword)).status, 204)
})

test('the mail says who asked for what, how long it holds, and that it may be ignored', async (t) => {
  const mailServer = await startMailServer(t)
  const MAIL_FROM = '"Gästeliste, Club" <auth@mail.example>'
  const server = await startMailingServer(t, mailServer.port, { settings: { PUBLIC_URL, MAIL_FROM } })
  await registerPerson(server)
  await askForReset(server, 'alice@example.com')
  const mail = await mailServer.waitForMail()
  const [row] = server.query<{ code_hash: Buffer }>('SELECT code_hash FROM password_reset_codes')
  t.is(row?.code_hash.length, 32, 'the code is stored as its hash')
  const code = codeIn(mail)
  t.regex(code, /^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$/)
  const lines = mail.text?.split('\n') ?? []
  t.true(lines.includes(`https://auth.example/guests/reset-password#code=${code}`))
  t.true(lines.includes(`    ${code}`), 'for typing')
  t.regex(mail.text ?? '', /account alice\nat https:\/\/auth\.example\/guests\n/)
  for (const said of [/within 30 minutes/, /works once/, /If it was not you, you need not do anything/]) {
    t.regex(mail.text ?? '', said)
  }
  t.is(mail.html, undefined)
  t.deepEqual(mail.from, { name: 'Gästeliste, Club', address: 'auth@mail.example' })
  t.deepEqual(mail.to, [{ name: '', address: 'alice@example.com' }])
  t.deepEqual(mail.recipients, ['alice@example.com'])
  t.is(mail.date, '2026-11-23T12:00:00.000Z')
  t.regex(mail.messageId ?? '', /^<[0-9a-f-]{36}@mail\.example>$/)
  t.deepEqual(mail.headers.find(({ key }) => key === 'auto-submitted')?.value, 'auto-generated')
  t.regex(mail.raw, /^[\x20-\x7e\r\n]+$/, 'seven bits')
})

test('with RESET_URL the link leads to a page of the application', async (t) => {
  const mailServer = await startMailServer(t)
  const settings = { RESET_URL: 'https://chat.example/forgot' }
  const server = await startMailingServer(t, mailServer.port, { settings })
  await registerPerson(server)
  await askForReset(server, 'alice@example.com')
  const { text } = await mailServer.waitForMail()
  t.regex(text ?? '', /^https:\/\/chat\.example\/forgot#code=[0-9A-Z-]{29}$/m)
  t.false(text?.includes('/reset-password'))
  t.is((await server.request('GET', '/reset-password')).status, 200, 'our own page is there all the same')
})
