import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { auditEvents } from '../helpers/audit.ts'
import { loggedEvents, reply, startMailingServer, startMailServer } from '../helpers/mail-server.ts'
import { registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import type { TestServer } from '../helpers/start-server.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Somebody whose password was reset, and is to be told so. */
async function causeNotice(server: TestServer): Promise<string> {
  const { user } = await registerPerson(server)
  const code = await makeResetCodeFor(server)
  await resetPassword(server, code, 'a-new-secure-password')
  return user.id
}

/** Until what waits has been tried so often; it may be gone instead. */
const putOffTimes = (server: TestServer, times: number) =>
  waitUntil(() => server.query('SELECT id FROM outbox WHERE claimed_until > 0 OR tries < ?', times).length === 0)

test('a notice that the mail server refuses, as when it has taken too many, is tried again and arrives', async (t) => {
  let isFull = true
  const mailServer = await startMailServer(t, {
    onMailFrom: (_address, _session, done) => done(isFull ? reply(550, 'quota') : null),
  })
  const server = await startMailingServer(t, mailServer.port)
  const userId = await causeNotice(server)
  await putOffTimes(server, 1)
  t.is(server.query('SELECT id FROM outbox').length, 1)
  t.like(loggedEvents(server, 'mail.put_off'), [{ level: 50, userId, responseCode: 550, tries: 1 }])
  isFull = false
  server.clock.advance(minute)
  await server.auth.doSlowWork()
  t.is((await mailServer.waitForMail()).subject, 'The password of alice was reset')
  await waitUntil(() => server.query('SELECT id FROM outbox').length === 0)
  t.deepEqual(auditEvents(server, 'mail.given_up'), [])
})

test('a notice is tried for three days, and six times at least, before it is given up; then the operator can tell', async (t) => {
  const server = await startMailingServer(t, 1)
  const userId = await causeNotice(server)
  await putOffTimes(server, 1)
  for (let times = 2; times <= 5; times += 1) {
    server.clock.advance(2 * day)
    await server.auth.doSlowWork()
    await putOffTimes(server, times)
  }
  t.deepEqual(auditEvents(server, 'mail.given_up'), [])
  server.clock.advance(hour)
  await server.auth.doSlowWork()
  await waitUntil(() => server.query('SELECT id FROM outbox').length === 0)
  t.like(loggedEvents(server, 'mail.failed'), [{ userId, cause: 'ECONNREFUSED' }])
  const details = '{"kind":"password changed"}'
  t.like(auditEvents(server, 'mail.given_up'), [{ user_id: userId, details }])
  t.is(server.auth.deps.mailer?.counts.givenUp, 1)
})

test('a notice outlives a server that is off for a week, and a mail server that starts after it', async (t) => {
  const first = await startMailingServer(t, 1)
  await causeNotice(first)
  await putOffTimes(first, 1)
  await first.stop()
  const { file, clock } = first
  clock.advance(7 * day)
  const second = await startMailingServer(t, 1, { file, clock })
  await second.auth.doSlowWork()
  await putOffTimes(second, 2)
  await second.stop()
  clock.advance(5 * minute)
  const mailServer = await startMailServer(t)
  const third = await startMailingServer(t, mailServer.port, { file, clock })
  await third.auth.doSlowWork()
  t.is((await mailServer.waitForMail()).subject, 'The password of alice was reset')
})

test('a clock that is put back holds no notice up', async (t) => {
  const first = await startMailingServer(t, 1)
  await causeNotice(first)
  await putOffTimes(first, 1)
  await first.stop()
  first.clock.advance(-30 * day)
  const mailServer = await startMailServer(t)
  const second = await startMailingServer(t, mailServer.port, { file: first.file, clock: first.clock })
  await second.auth.doSlowWork()
  t.is((await mailServer.waitForMail()).subject, 'The password of alice was reset')
})

test('where SMTP_URL is no longer set, what waits is given up after four days, not before, and the operator can tell', async (t) => {
  const first = await startMailingServer(t, 1)
  const userId = await causeNotice(first)
  await putOffTimes(first, 1)
  await first.stop()
  const { file, clock } = first
  const second = await startMailingServer(t, 1, { file, clock, settings: { SMTP_URL: '', MAIL_FROM: '' } })
  clock.advance(4 * day - hour)
  await second.auth.doSlowWork()
  t.is(second.query('SELECT id FROM outbox').length, 1)
  clock.advance(hour)
  await second.auth.doSlowWork()
  t.deepEqual(second.query('SELECT id FROM outbox'), [])
  t.like(loggedEvents(second, 'mail.failed'), [{ mails: 1 }])
  t.like(auditEvents(second, 'mail.given_up'), [{ user_id: userId }])
})

test('at its end a server tries a notice once more, and leaves it to the next start, which need not wait', async (t) => {
  const pausesMs = [60 * minute]
  const first = await startMailingServer(t, 1, { overrides: { mailTimes: { pausesMs } } })
  await causeNotice(first)
  await waitUntil(() => loggedEvents(first, 'mail.delayed').length === 1)
  await first.stop()
  t.is(loggedEvents(first, 'mail.put_off').length, 1)
  const mailServer = await startMailServer(t)
  const second = await startMailingServer(t, mailServer.port, { file: first.file, clock: first.clock })
  await second.auth.doSlowWork()
  t.is((await mailServer.waitForMail()).subject, 'The password of alice was reset')
})
