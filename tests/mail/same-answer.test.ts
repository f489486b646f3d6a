import test from 'ava'
import SqliteDatabase from 'better-sqlite3'
import { createBot } from '../../server/bots/create-bot.ts'
import { addPerson } from '../helpers/add-person.ts'
import { askForReset, loggedEvents, startMailingServer, startMailServer } from '../helpers/mail-server.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const codes = 'SELECT user_id FROM password_reset_codes'

test('an unknown address, a disabled account and a bot get the answer that everybody gets, and no mail', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  const alice = await addPerson(server, 'alice')
  await addPerson(server, 'disabled')
  server.query("UPDATE users SET disabled_at = 1 WHERE username = 'disabled'")
  const { db, ...ambience } = server.auth.deps
  await db.transaction().execute((trx) => createBot(trx, ambience, { username: 'bot', displayName: 'Bot' }))
  server.query("UPDATE users SET email = 'bot@example.com', email_key = 'bot@example.com' WHERE username = 'bot'")
  const names = ['nobody', 'disabled', 'bot', 'alice']
  const answers = await Promise.all(names.map((name) => askForReset(server, `${name}@example.com`)))
  const seen = answers.map(({ status, text, headers }) => {
    const kept = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
    return JSON.stringify([status, text, kept])
  })
  t.is(new Set(seen).size, 1)
  t.is(answers[0]?.status, 204)
  await server.stop()
  t.deepEqual(
    mailServer.mails.map(({ recipients }) => recipients),
    [['alice@example.com']],
  )
  t.deepEqual(server.query(codes), [{ user_id: alice.user.id }])
  t.deepEqual(loggedEvents(server, 'mail.failed'), [])
})

test('the answer waits for no look-up and no mail server: by then it is written that somebody asked, and nothing else', async (t) => {
  const held = Promise.withResolvers<void>()
  const mailServer = await startMailServer(t, { onConnect: (_session, done) => void held.promise.then(() => done()) })
  const server = await startMailingServer(t, mailServer.port)
  await addPerson(server)
  for (let number = 0; number < 3; number += 1) await askForReset(server, `other${number}@example.com`)
  for (const name of ['alice', 'nobody']) t.is((await askForReset(server, `${name}@example.com`)).status, 204)
  t.is(mailServer.mails.length, 0)
  held.resolve()
  t.deepEqual((await mailServer.waitForMail()).recipients, ['alice@example.com'])
})

test('for an unknown address as much is written as for a known one, so that the commit does not tell', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await addPerson(server)
  const observer = new SqliteDatabase(server.file, { readonly: true })
  t.teardown(() => observer.close())
  const commits = (): unknown => observer.pragma('data_version', { simple: true })
  const before = commits()
  await askForReset(server, 'nobody@example.com')
  await server.auth.deps.mailer?.close()
  t.not(commits(), before)
  t.deepEqual(server.query(codes), [])
  t.deepEqual(server.query("SELECT event FROM audit_events WHERE event LIKE 'password%'"), [])
})

test('a data file that fails is logged, and the answer is the same', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await addPerson(server)
  server.query('ALTER TABLE password_reset_codes RENAME TO gone')
  for (const name of ['alice', 'nobody']) t.is((await askForReset(server, `${name}@example.com`)).status, 204)
  await server.stop()
  t.is(loggedEvents(server, 'mail.failed').length, 2)
  t.notRegex(server.log(), /alice@|nobody@/)
  t.is(mailServer.mails.length, 0)
})

test('a server without SMTP_URL says that it sends no mail, whoever is asked for, and where to turn', async (t) => {
  const server = await startServer(t)
  await addPerson(server)
  for (const name of ['alice', 'nobody']) {
    const answer = await askForReset(server, `${name}@example.com`)
    assertProblem(t, answer, 404, 'not_found')
    t.is(answer.body.detail, 'This server sends no mail. Ask its operator for a password reset code.')
  }
  t.deepEqual((await server.request('GET', '/api/auth/config')).body.passwordReset, { byMail: false })
  t.deepEqual(server.query(codes), [])
})

test('the configuration tells whether there is mail, and nothing more of it', async (t) => {
  const settings = { SMTP_URL: 'smtp://user:secret@mail.example', MAIL_FROM: 'auth@mail.example' }
  const server = await startServer(t, { settings })
  const { text, body } = await server.request('GET', '/api/auth/config')
  t.deepEqual(body.passwordReset, { byMail: true })
  t.notRegex(text + server.log(), /secret|mail\.example/)
})

test('asking is limited by address like guessing, and what is no address is refused', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port, { settings: { RATE_LIMITS: 'on' } })
  await addPerson(server)
  const injected = ['\r\nBcc: mallory@example.com', '\nBcc: mallory@example.com', ', mallory@example.com', '\0', '>']
  for (const text of injected) {
    assertProblem(t, await askForReset(server, `alice@example.com${text}`), 422, 'validation_failed')
  }
  for (let count = injected.length; count < 10; count += 1) {
    t.is((await askForReset(server, `nobody${count}@example.com`)).status, 204)
  }
  assertProblem(t, await askForReset(server, 'alice@example.com'), 429, 'rate_limited')
  await server.stop()
  t.is(mailServer.mails.length, 0)
})
