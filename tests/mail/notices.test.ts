import test from 'ava'
import { findAccountById } from '../../server/accounts/user-store.ts'
import { notifyPasswordChanged } from '../../server/mail/notices.ts'
import { resetPassword } from '../helpers/account-requests.ts'
import { addPerson } from '../helpers/add-person.ts'
import { reply, startMailingServer, startMailServer } from '../helpers/mail-server.ts'
import { goodPassword, logIn, registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { startServer } from '../helpers/start-server.ts'

const newPassword = 'a-new-secure-password'

test('whose password was reset is told so by mail, and what to do if it was not them', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await registerPerson(server)
  const code = await makeResetCodeFor(server)
  t.is((await resetPassword(server, code, newPassword)).status, 204)
  const { recipients, subject, text = '' } = await mailServer.waitForMail()
  t.deepEqual(recipients, ['alice@example.com'])
  t.is(subject, 'The password of alice was reset')
  t.regex(text, /since 2026-11-23 12:00 UTC/)
  t.regex(text, /If that was not you/)
  for (const secret of [code, newPassword, '#code=']) t.false(text.includes(secret))
})

test('whose password was changed is told so by mail', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  const { token } = await registerPerson(server)
  const change = (currentPassword: string) =>
    server.request('POST', '/api/auth/password', { token, body: { currentPassword, newPassword } })
  t.is((await change('a wrong password')).status, 401)
  t.is((await change(goodPassword)).status, 200)
  const { subject, text = '' } = await mailServer.waitForMail()
  t.is(subject, 'The password of alice was changed')
  for (const secret of [goodPassword, newPassword]) t.false(text.includes(secret))
  await server.stop()
  t.is(mailServer.mails.length, 1)
})

test('a reset that is refused is told to nobody', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await registerPerson(server)
  await resetPassword(server, 'UNKNOWN', newPassword)
  await resetPassword(server, await makeResetCodeFor(server), 'short')
  await server.stop()
  t.is(mailServer.mails.length, 0)
})

test('a notice that cannot be sent fails no reset, nor does a server without mail', async (t) => {
  const mailServer = await startMailServer(t, { onMailFrom: (_address, _session, done) => done(reply(554)) })
  for (const server of [await startMailingServer(t, mailServer.port), await startServer(t)]) {
    await registerPerson(server)
    t.is((await resetPassword(server, await makeResetCodeFor(server), newPassword)).status, 204)
  }
  t.is(mailServer.mails.length, 0)
})

test('a change of address is told to the old one, which does not learn the new one', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await registerPerson(server)
  server.clock.advance(86_400_000)
  const { token } = (await logIn(server)).body
  const change = (email: string) =>
    server.request('PATCH', '/api/auth/account', { token, body: { email, currentPassword: goodPassword } })
  t.is((await change('new@example.com')).status, 200)
  const { recipients, text = '', raw } = await mailServer.waitForMail()
  t.deepEqual(recipients, ['alice@example.com'])
  t.regex(text, /another email address since 2026-11-24 12:00 UTC/)
  t.regex(text, /If that was not you/)
  t.false(raw.includes('new@example.com'))
})

test('an address that was an account’s for less than a day is told nothing: it may be a slip, or a stranger’s', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await registerPerson(server)
  server.clock.advance(86_400_000)
  const { token } = (await logIn(server)).body
  const change = (email: string) =>
    server.request('PATCH', '/api/auth/account', { token, body: { email, currentPassword: goodPassword } })
  t.is((await change('Alice@example.com')).status, 200, 'the same but for the case: nothing to tell')
  for (const email of ['stranger@example.com', 'mine@example.com', 'stranger@example.com', 'mine@example.com']) {
    t.is((await change(email)).status, 200)
  }
  await server.stop()
  t.deepEqual(mailServer.mails, [])
})

test('an account without an address is told nothing', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  const { user } = await addPerson(server)
  server.query('UPDATE users SET email = NULL, email_key = NULL')
  const account = await findAccountById(server.auth.deps.db, user.id)
  if (account === undefined) return t.fail()
  const { deps } = server.auth
  await deps.db.transaction().execute(async (trx) => await notifyPasswordChanged(trx, deps, account, []))
  t.deepEqual(server.query('SELECT id FROM outbox'), [])
  await server.stop()
  t.is(mailServer.mails.length, 0)
})
