import test from 'ava'
import { countRows, countUses, register } from '../helpers/account-requests.ts'
import { duringNextHashing } from '../helpers/during-hashing.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const headers = { 'Idempotency-Key': 'a-key' }

test('10 registrations at once with one key on a single-use code all answer the same user', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  const answers = await Promise.all(Array.from({ length: 10 }, () => register(server, { inviteCode }, headers)))
  for (const answer of answers) {
    t.is(answer.status, 201, answer.text)
    t.deepEqual(answer.body.user, answers[0]?.body.user)
    t.is((await server.request('GET', '/api/auth/me', { token: answer.body.token })).status, 200)
  }
  t.is(new Set(answers.map(({ body }) => body.token)).size, 10)
  const rows = { users: 1, sessions: 10, invite_uses: 1, idempotency_keys: 1, audit_events: 10 }
  t.deepEqual(countRows(server), rows)
  t.is(countUses(server), 1)
})

test('of different registrations at once with one key, one succeeds and the others are refused', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite()
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => {
      return register(server, { username: `user${index}`, email: `user${index}@example.com`, inviteCode }, headers)
    }),
  )
  t.is(answers.filter(({ status }) => status === 201).length, 1)
  for (const answer of answers.filter(({ status }) => status !== 201)) {
    assertProblem(t, answer, 409, 'idempotency_key_reused')
  }
  t.is(countRows(server).users, 1)
  t.is(countUses(server), 1)
})

test('the loser of a race over one key takes no use of a code for many', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(5)
  const winner: unknown[] = []
  duringNextHashing(server, async () => winner.push((await register(server, { inviteCode }, headers)).body.user))
  const loser = await register(server, { inviteCode }, headers)
  t.is(loser.status, 201)
  t.deepEqual([loser.body.user], winner)
  t.is(countUses(server), 1)
  t.is(server.query('SELECT user_id FROM invite_uses').length, 1)
})

test('two servers on one data file answer one key with one user', async (t) => {
  const server = await startServer(t)
  const other = await startServer(t, { file: server.file, clock: server.clock })
  const inviteCode = await server.mintInvite(1)
  const answers = await Promise.all(
    [server, other, server, other, server, other].map((one) => register(one, { inviteCode }, headers)),
  )
  t.deepEqual(
    answers.map(({ status }) => status),
    [201, 201, 201, 201, 201, 201],
  )
  t.is(new Set(answers.map(({ body }) => body.user.id)).size, 1)
  t.is(countUses(server), 1)
})
