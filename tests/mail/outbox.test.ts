import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { addPerson } from '../helpers/add-person.ts'
import { runCommand } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import {
  askFrom,
  holdUp,
  loggedEvents,
  mailSettings,
  silent,
  startMailingServer,
  startMailServer,
  startSilentServer,
} from '../helpers/mail-server.ts'
import { goodPassword, registerPerson, registration } from '../helpers/people.ts'
import { startServerProcess } from '../helpers/processes.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const newPassword = 'a-new-secure-password'
test('500 requests for new passwords and a mail server that stands still cost nobody their notice: it comes first', async (t) => {
  const first = await startMailingServer(t, await startSilentServer(t), silent)
  const { token } = await registerPerson(first)
  for (let number = 0; number < 500; number += 1) await addPerson(first, `other${number}`)
  for (let number = 0; number < 500; number += 1) {
    t.is(
      (await askFrom(first, `other${number}@example.com`, `198.${18 + (number >> 8)}.${number % 256}.1`)).status,
      204,
    )
  }
  const change = { currentPassword: goodPassword, newPassword }
  t.is((await first.request('POST', '/api/auth/password', { token, body: change })).status, 200)
  t.is(first.query("SELECT id FROM outbox WHERE kind = 'password changed'").length, 1)
  await first.stop()
  t.is(first.query('SELECT id FROM outbox').length, 501)
  t.deepEqual(loggedEvents(first, 'mail.failed'), [])
  const mailServer = await startMailServer(t)
  const { file, clock } = first
  const second = await startMailingServer(t, mailServer.port, { file, clock })
  await second.auth.doSlowWork()
  const mail = await mailServer.waitForMail()
  t.is(mail.subject, 'The password of alice was changed')
  t.deepEqual(mail.recipients, ['alice@example.com'])
})

test('a notice survives kill -9 between the change and the mail, and comes once', async (t) => {
  const file = newDataFile(t)
  const killed = await startServerProcess(t, file, mailSettings(await startSilentServer(t)))
  const { stdout } = await runCommand(t, file, ['invites', 'mint', '--uses', '3', '--json'])
  const [{ code }] = JSON.parse(stdout)
  const join = async (fields: Record<string, unknown> = {}) =>
    await killed.request('POST', '/api/auth/register', { body: registration({ inviteCode: code, ...fields }) })
  const { body } = await join()
  const change = { currentPassword: goodPassword, newPassword }
  // Two that the mail server holds up, so that the notice waits.
  for (const name of ['one', 'two']) {
    t.is((await join({ username: name, email: `${name}@example.com` })).status, 201)
    await killed.request('POST', '/api/auth/password/forgot', { body: { email: `${name}@example.com` } })
  }
  const answer = await killed.request('POST', '/api/auth/password', { token: body.token, body: change })
  t.is(answer.status, 200)
  killed.child.kill('SIGKILL')
  await killed.ended
  const mailServer = await startMailServer(t)
  const next = await startServerProcess(t, file, mailSettings(mailServer.port))
  const mail = await mailServer.waitForMail()
  t.is(mail.subject, 'The password of alice was changed')
  next.child.kill('SIGTERM')
  t.is((await next.ended).code, 0)
  t.is(mailServer.mails.length, 1)
})

test('a change that is rolled back sends nothing', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await registerPerson(server)
  const code = await makeResetCodeFor(server)
  server.query("CREATE TRIGGER no_events BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'no'); END")
  t.is((await resetPassword(server, code, newPassword)).status, 500)
  server.query('DROP TRIGGER no_events')
  await server.stop()
  t.deepEqual(server.query('SELECT id FROM outbox'), [])
  t.deepEqual(mailServer.mails, [])
})

test('requests for one address are one, however it is written and whoever asks', async (t) => {
  const server = await startMailingServer(t, await startSilentServer(t), silent)
  await holdUp(server)
  for (const email of ['alice@example.com', 'ALICE@example.com', 'alice@example.com']) {
    t.is((await askFrom(server, email, '198.51.100.1')).status, 204)
    t.is((await askFrom(server, email, '203.0.113.1')).status, 204)
  }
  t.is(server.query("SELECT id FROM outbox WHERE request_key = 'alice@example.com'").length, 1)
})

test('requests go out in rounds: the first of one network is sent before the second of another', async (t) => {
  const first = await startMailingServer(t, await startSilentServer(t), silent)
  const names = ['alice', 'bob', 'carol', 'dave', 'erin']
  for (const name of names) await addPerson(first, name)
  for (const name of names.slice(0, 4)) await askFrom(first, `${name}@example.com`, '198.51.100.1')
  await askFrom(first, 'erin@example.com', '203.0.113.1')
  await first.stop()
  first.query('UPDATE outbox SET due_at = 1')
  const mailServer = await startMailServer(t)
  first.clock.advance(60_000)
  const second = await startMailingServer(t, mailServer.port, { file: first.file, clock: first.clock })
  await second.auth.doSlowWork()
  await mailServer.waitForMail(5)
  await waitUntil(() => second.query('SELECT id FROM outbox').length === 0)
  const order = mailServer.mails.map(({ recipients }) => recipients[0])
  t.true(order.indexOf('erin@example.com') < 3, order.join(' '))
})

test('a server without mail writes nothing down', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port, { settings: { SMTP_URL: '', MAIL_FROM: '' } })
  await registerPerson(server)
  t.is((await resetPassword(server, await makeResetCodeFor(server), newPassword)).status, 204)
  t.deepEqual(server.query('SELECT id FROM outbox'), [])
})
