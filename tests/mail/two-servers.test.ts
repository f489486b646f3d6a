import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { addPerson } from '../helpers/add-person.ts'
import { holdUp, silent, startMailingServer, startMailServer, startSilentServer } from '../helpers/mail-server.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'

test('of two servers on one file each mail is sent by one', async (t) => {
  const mailServer = await startMailServer(t)
  const off = await startMailingServer(t, 1, { overrides: { mailTimes: { pausesMs: [] } } })
  const names = Array.from({ length: 20 }, (_, number) => `person${number}`)
  for (const name of names) {
    await addPerson(off, name)
    t.is((await resetPassword(off, await makeResetCodeFor(off, name), 'a-new-secure-password')).status, 204)
  }
  await off.stop()
  t.is(off.query('SELECT id FROM outbox').length, 20)
  const { file, clock } = off
  clock.advance(3_600_000)
  const servers = [
    await startMailingServer(t, mailServer.port, { file, clock }),
    await startMailingServer(t, mailServer.port, { file, clock }),
  ]
  await Promise.all(servers.map((server) => server.auth.doSlowWork()))
  await mailServer.waitForMail(20)
  for (const server of servers) await server.stop()
  t.is(mailServer.mails.length, 20)
  t.is(new Set(mailServer.mails.map(({ messageId }) => messageId)).size, 20)
})

test('what one server is at, another leaves alone as long as that one lives, and takes up once it is gone', async (t) => {
  const first = await startMailingServer(t, await startSilentServer(t), silent)
  await holdUp(first)
  const { file, clock } = first
  const mailServer = await startMailServer(t)
  const second = await startMailingServer(t, mailServer.port, { file, clock })
  for (let count = 0; count < 4; count += 1) {
    clock.advance(60_000)
    await first.auth.doSlowWork()
    await second.auth.doSlowWork()
  }
  // At its end it sends whatever it may.
  await second.stop()
  t.deepEqual(mailServer.mails, [])
  clock.advance(90_000)
  const third = await startMailingServer(t, mailServer.port, { file, clock })
  await third.auth.doSlowWork()
  await mailServer.waitForMail(2)
})
