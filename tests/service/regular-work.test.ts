import test from 'ava'
import { addPerson } from '../helpers/add-person.ts'
import { day } from '../helpers/audit-trail.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

test('what fails of the regular work is logged by its name, and keeps nothing else from being done', async (t) => {
  const server = await startServer(t)
  const { token, user } = await addPerson(server)
  await getMe(server, token)
  server.query("CREATE TRIGGER full BEFORE UPDATE ON users BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
  server.query("CREATE TRIGGER fuller BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'no space'); END")
  server.query('INSERT INTO idempotency_keys VALUES (?, zeroblob(32), ?, 1)', 'forgotten', user.id)
  server.clock.advance(31 * day)
  await server.auth.doSlowWork()
  const failed = [...server.log().matchAll(/"part":"([^"]+)","msg":"regular work failed"/g)].map(([, part]) => part)
  t.deepEqual(failed, ['last seen', 'signing key'])
  t.deepEqual(server.query('SELECT * FROM idempotency_keys'), [], 'housekeeping was done')
  t.is(server.query('SELECT id FROM signing_keys').length, 1)
  for (const name of ['full', 'fuller']) server.query(`DROP TRIGGER ${name}`)
  await server.auth.doSlowWork()
  t.is(
    server.query('SELECT id FROM users WHERE last_seen_at IS NOT NULL').length,
    1,
    'what failed is done the next time',
  )
  t.is(server.query('SELECT id FROM signing_keys').length, 2)
})
