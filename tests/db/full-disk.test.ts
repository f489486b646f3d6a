import test from 'ava'
import { sql } from 'kysely'
import { countRows, countUses, register } from '../helpers/account-requests.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

/** Leaves the data file no more pages, and uses up the room in those that it has. */
async function fillUp(server: TestServer): Promise<void> {
  await sql`pragma max_page_count = 1`.execute(server.auth.deps.db)
  for (let count = 0; count < 200; count += 1) {
    if ((await logIn(server)).status === 503) return
  }
  throw new Error('there is still room')
}

test('without room a write is database_unavailable with nothing half-written, and all is well once there is', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const inviteCode = await server.mintInvite(1)
  await fillUp(server)
  const before = countRows(server)
  assertProblem(t, await logIn(server), 503, 'database_unavailable')
  const bob = { username: 'bob', email: 'bob@example.com', inviteCode }
  for (let count = 0; count < 3; count += 1) {
    const refused = await register(server, bob, { 'idempotency-key': 'k'.repeat(255), 'user-agent': 'u'.repeat(512) })
    assertProblem(t, refused, 503, 'database_unavailable')
    t.is(refused.headers.get('retry-after'), '1')
  }
  t.deepEqual(countRows(server), before)
  t.is(countUses(server), 1, "alice's")
  t.is((await server.request('GET', '/api/auth/me', { token })).status, 200, 'reading goes on')
  t.regex(server.log(), /database or disk is full/, 'the operator is told the cause')
  await sql`pragma max_page_count = 1000000`.execute(server.auth.deps.db)
  t.is((await register(server, bob, { 'idempotency-key': 'k'.repeat(255) })).status, 201)
  t.is(countUses(server), 2)
})
