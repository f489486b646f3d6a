import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { addPerson } from '../helpers/add-person.ts'
import { askForReset, codeIn, startMailingServer, startMailServer } from '../helpers/mail-server.ts'
import { assertProblem } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'

const minute = 60_000
const alice = 'alice@example.com'
const newPassword = 'a-new-secure-password'
const countCodes = 'SELECT code_hash FROM password_reset_codes'

test('an address gets one mail a minute, in whatever letters it is asked for, also from a server that was restarted', async (t) => {
  const mailServer = await startMailServer(t)
  const first = await startMailingServer(t, mailServer.port)
  await addPerson(first)
  await addPerson(first, 'bob')
  const { file, clock } = first
  await askForReset(first, alice)
  await mailServer.waitForMail()
  for (const spelling of [alice, 'ALICE@EXAMPLE.COM', 'Alice@example.com']) await askForReset(first, spelling)
  clock.advance(minute - 1)
  await askForReset(first, alice)
  await first.stop()
  const second = await startMailingServer(t, mailServer.port, { file, clock })
  await askForReset(second, alice)
  await askForReset(second, 'bob@example.com')
  await second.stop()
  t.deepEqual(
    mailServer.mails.map(({ recipients }) => recipients[0]),
    [alice, 'bob@example.com'],
    'nobody waits for somebody else',
  )
  clock.advance(1)
  const third = await startMailingServer(t, mailServer.port, { file, clock })
  await askForReset(third, 'Alice@Example.com')
  t.deepEqual((await mailServer.waitForMail(3)).recipients, [alice], 'as the account writes it')
})

test('of many requests at once, to two servers on one data file, one makes a mail', async (t) => {
  const mailServer = await startMailServer(t)
  const first = await startMailingServer(t, mailServer.port)
  await addPerson(first)
  const second = await startMailingServer(t, mailServer.port, { file: first.file, clock: first.clock })
  const asked = Array.from({ length: 20 }, (_, index) => askForReset(index % 2 === 0 ? first : second, alice))
  for (const answer of await Promise.all(asked)) t.is(answer.status, 204)
  await first.stop()
  await second.stop()
  t.is(mailServer.mails.length, 1)
  t.is(first.query(countCodes).length, 1)
})

test('a stranger who keeps asking spoils no code, and cannot fill the mailbox: five codes are good at most', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await addPerson(server)
  for (let count = 1; count <= 5; count += 1) {
    await askForReset(server, alice)
    await mailServer.waitForMail(count)
    server.clock.advance(minute)
  }
  // From here to the end of the first code nothing comes of it.
  await askForReset(server, alice)
  server.clock.advance(24 * minute)
  await askForReset(server, alice)
  t.is(server.query(countCodes).length, 5)
  server.clock.advance(minute)
  await askForReset(server, alice)
  const sixth = await mailServer.waitForMail(6)
  const [, second] = mailServer.mails.map(codeIn)
  t.is((await resetPassword(server, second, newPassword)).status, 204)
  assertProblem(t, await resetPassword(server, codeIn(sixth), newPassword), 403, 'reset_code_invalid')
  t.deepEqual(server.query(countCodes), [], 'one that is used takes the others along')
})

test("the operator's code replaces the mailed ones, and mailed ones do not replace the operator's", async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await addPerson(server)
  await askForReset(server, alice)
  const mailed = codeIn(await mailServer.waitForMail())
  const given = await makeResetCodeFor(server)
  assertProblem(t, await resetPassword(server, mailed, newPassword), 403, 'reset_code_invalid')
  server.clock.advance(minute)
  await askForReset(server, alice)
  await mailServer.waitForMail(2)
  t.is((await resetPassword(server, given, newPassword)).status, 204)
  t.deepEqual(server.query("SELECT details FROM audit_events WHERE event = 'password.reset_code_made'"), [
    { details: '{"by":"mail"}' },
    { details: '{"by":"operator"}' },
    { details: '{"by":"mail"}' },
  ])
})

test('a clock that was put back holds up the next mail for a minute only', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await addPerson(server)
  await askForReset(server, alice)
  await mailServer.waitForMail()
  server.clock.advance(-10 * minute)
  await askForReset(server, alice)
  t.deepEqual((await mailServer.waitForMail(2)).recipients, [alice])
})
