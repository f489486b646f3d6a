import test from 'ava'
import SqliteDatabase from 'better-sqlite3'
import {
  askForReset,
  askFrom,
  holdUp,
  loggedEvents,
  silent,
  startMailingServer,
  startMailServer,
  startSilentServer,
} from '../helpers/mail-server.ts'
import { registerPerson } from '../helpers/people.ts'
import type { TestServer } from '../helpers/start-server.ts'

const minute = 60_000

const recipients = (server: TestServer): string[] =>
  server
    .query<{ recipient: string }>('SELECT recipient FROM outbox WHERE request_key IS NOT NULL ORDER BY rowid')
    .map(({ recipient }) => recipient)

test('from one network ten requests wait at most, from its site forty: the newest makes room, and others are not held up', async (t) => {
  const server = await startMailingServer(t, await startSilentServer(t), silent)
  await holdUp(server)
  t.is((await askFrom(server, 'dave@example.com', '203.0.113.1')).status, 204)
  const expected = ['dave@example.com']
  for (let count = 0; count < 12; count += 1) {
    t.is((await askFrom(server, `a${count}@example.com`, '198.51.100.1')).status, 204)
    if (count < 9) expected.push(`a${count}@example.com`)
  }
  t.deepEqual(recipients(server), [...expected, 'a11@example.com'])
  for (let count = 0; count < 50; count += 1) {
    t.is((await askFrom(server, `b${count}@example.com`, `198.51.100.${count + 2}`)).status, 204)
  }
  t.is(recipients(server).length, 41)
  t.is((await askFrom(server, 'carol@example.com', '2001:db8::1')).status, 204)
  const kept = recipients(server)
  for (const name of ['carol', 'dave', 'b49']) t.true(kept.includes(`${name}@example.com`), name)
})

test('where a thousand wait, whoever has the most makes room for somebody else', async (t) => {
  const server = await startMailingServer(t, await startSilentServer(t), silent)
  await holdUp(server)
  const rows = Array.from({ length: 1000 }, (_, number) => [
    `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`,
    number < 970 ? `10.0.${number % 194}.0/24` : '10.1.0.0/24',
  ])
  const columns = 'id, recipient, request_key, network, site, created_at, due_at'
  const [now, values] = [server.clock.now(), '?, ?, ?, ?, ?, ?, ?']
  for (const [id, site] of rows) {
    const insert = `INSERT INTO outbox (kind, turn, claimed_until, tries, ${columns}) VALUES ('reset code', 7, 0, 0, ${values})`
    server.query(insert, id, id, id, id, site, now, now)
  }
  const count = (site: string): number => server.query('SELECT id FROM outbox WHERE site = ?', site).length
  t.is((await askFrom(server, 'carol@example.com', '203.0.113.1')).status, 204)
  t.is(count('10.1.0.0/24'), 29)
  t.is(count('10.0.0.0/24'), 5)
  t.true(recipients(server).includes('carol@example.com'))
})

test('what is written for an address is the same whether or not there is an account', async (t) => {
  const server = await startMailingServer(t, await startSilentServer(t), silent)
  await registerPerson(server)
  await holdUp(server)
  for (const name of ['alice', 'nobody']) await askForReset(server, `${name}@example.com`)
  const columns = 'kind, user_id, subject, text, network, site, created_at, due_at, tries'
  const [alice, nobody] = ['alice', 'nobody'].map((name) =>
    server.query(`SELECT ${columns} FROM outbox WHERE recipient = ?`, `${name}@example.com`),
  )
  t.is(alice?.length, 1)
  t.deepEqual(alice, nobody)
})

test('a request that waits already, or whose network has its share, is answered by a commit like any other', async (t) => {
  const server = await startMailingServer(t, await startSilentServer(t), silent)
  await holdUp(server)
  const observer = new SqliteDatabase(server.file, { readonly: true })
  t.teardown(() => observer.close())
  const names = ['alice', 'alice', ...Array.from({ length: 15 }, (_, number) => `other${number}`), 'alice']
  for (const name of names) {
    const before = observer.pragma('data_version', { simple: true })
    t.is((await askFrom(server, `${name}@example.com`, '198.51.100.1')).status, 204)
    t.not(observer.pragma('data_version', { simple: true }), before)
  }
})

test('requests that waited for a quarter of an hour, as after a stop, send nothing; that is logged without their addresses', async (t) => {
  const first = await startMailingServer(t, await startSilentServer(t), silent)
  await holdUp(first)
  await registerPerson(first)
  await askFrom(first, 'alice@example.com', '198.51.100.1')
  await first.stop()
  t.is(first.query('SELECT id FROM outbox').length, 3)
  first.clock.advance(15 * minute)
  const mailServer = await startMailServer(t)
  const second = await startMailingServer(t, mailServer.port, { file: first.file, clock: first.clock })
  await second.auth.doSlowWork()
  t.deepEqual(second.query('SELECT id FROM outbox'), [])
  t.like(loggedEvents(second, 'mail.requests_given_up'), [{ requests: 3 }])
  await second.stop()
  t.deepEqual(mailServer.mails, [])
  t.notRegex(second.log(), /@example/)
})
