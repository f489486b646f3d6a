import test from 'ava'
import { countRows, countUses, register } from '../helpers/account-requests.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const registerNumber = (server: TestServer, number: number, inviteCode: string) =>
  register(server, { username: `user${number}`, email: `user${number}@example.com`, inviteCode })

test('a code with 3 uses makes exactly 3 accounts of 30 that register at once', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(3)
  const numbers = Array.from({ length: 30 }, (_, index) => index)
  const answers = await Promise.all(numbers.map((number) => registerNumber(server, number, inviteCode)))
  t.is(answers.filter(({ status }) => status === 201).length, 3)
  for (const answer of answers.filter(({ status }) => status !== 201)) assertProblem(t, answer, 403, 'invite_used_up')
  t.deepEqual(server.query('SELECT uses, max_uses FROM invites'), [{ uses: 3, max_uses: 3 }])
  const rows = { users: 3, sessions: 3, invite_uses: 3, idempotency_keys: 0, audit_events: 3 }
  t.deepEqual(countRows(server), rows)
})

test('two servers on one data file take no use too many', async (t) => {
  const server = await startServer(t)
  const other = await startServer(t, { file: server.file, clock: server.clock })
  const inviteCode = await server.mintInvite(3)
  const numbers = Array.from({ length: 20 }, (_, index) => index)
  const answers = await Promise.all(
    numbers.map((number) => registerNumber(number % 2 ? server : other, number, inviteCode)),
  )
  t.is(answers.filter(({ status }) => status === 201).length, 3)
  for (const answer of answers.filter(({ status }) => status !== 201)) assertProblem(t, answer, 403, 'invite_used_up')
  t.is(countRows(server).users, 3)
  t.is(countUses(server), 3)
})

test('a code without limit goes on working', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite()
  for (let number = 0; number < 5; number += 1) {
    t.is((await registerNumber(server, number, inviteCode)).status, 201)
  }
  t.deepEqual(server.query('SELECT uses, max_uses FROM invites'), [{ uses: 5, max_uses: null }])
})

test('it is kept who used which invite, and when', async (t) => {
  const server = await startServer(t)
  const first = await registerNumber(server, 1, await server.mintInvite(1))
  server.clock.advance(1000)
  const second = await registerNumber(server, 2, await server.mintInvite(2))
  const uses = server.query('SELECT user_id, used_at, max_uses FROM invite_uses JOIN invites ON id = invite_id')
  const now = server.clock.now()
  t.is(uses.length, 2)
  t.deepEqual(
    uses.find(({ max_uses }) => max_uses === 1),
    { user_id: first.body.user.id, used_at: now - 1000, max_uses: 1 },
  )
  t.deepEqual(
    uses.find(({ max_uses }) => max_uses === 2),
    { user_id: second.body.user.id, used_at: now, max_uses: 2 },
  )
})

test('the data file itself refuses a use too many', async (t) => {
  const server = await startServer(t)
  await server.mintInvite(1)
  t.throws(() => server.query('UPDATE invites SET uses = 2'), { message: /CHECK constraint failed/ })
})
