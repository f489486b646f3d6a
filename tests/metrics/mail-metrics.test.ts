import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { reply, startMailingServer, startMailServer } from '../helpers/mail-server.ts'
import { registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { serveMetrics } from '../helpers/scrape.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const day = 86_400_000

test('notices that wait, mails that were sent and those that were given up are told apart', async (t) => {
  let takesMail = false
  const mailServer = await startMailServer(t, {
    onMailFrom: (_address, _session, done) => done(takesMail ? null : reply(421)),
  })
  const server = await startMailingServer(t, mailServer.port, { settings: { METRICS_PORT: '0' } })
  const scrape = await serveMetrics(t, server)
  const read = async (): Promise<number[]> => {
    const text = await scrape()
    return ['notices_waiting', 'mail_requests_waiting', 'mails_sent_total', 'mails_given_up_total'].map((name) =>
      Number(new RegExp(`^guestlist_${name} (\\d+)$`, 'm').exec(text)?.[1]),
    )
  }
  t.deepEqual(await read(), [0, 0, 0, 0])
  await registerPerson(server)
  const reset = async () => resetPassword(server, await makeResetCodeFor(server), 'a-new-secure-password')
  t.is((await reset()).status, 204)
  t.deepEqual(await read(), [1, 0, 0, 0])
  for (let times = 1; times <= 5; times += 1) {
    const isPutOff = 'SELECT id FROM outbox WHERE claimed_until = 0 AND tries = ?'
    await waitUntil(() => server.query(isPutOff, times).length === 1)
    server.clock.advance(day)
    await server.auth.doSlowWork()
  }
  await waitUntil(() => server.query('SELECT id FROM outbox').length === 0)
  t.deepEqual(await read(), [0, 0, 0, 1])
  takesMail = true
  t.is((await reset()).status, 204)
  await waitUntil(() => server.query('SELECT id FROM outbox').length === 0)
  t.deepEqual(await read(), [0, 0, 1, 1])
})
