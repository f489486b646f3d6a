import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import test from 'ava'
import { unbounded } from '../../server/passwords/hashing-bounds.ts'
import { PasswordHashing } from '../../server/passwords/password-hashing.ts'
import { countRows, countUses, register, resetPassword } from '../helpers/account-requests.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { cheapScrypt, startServer } from '../helpers/start-server.ts'

const most = availableParallelism() + 128

test('as many hashes run as there are cores, and 128 wait', async (t) => {
  const hashing = new PasswordHashing(cheapScrypt, randomBytes, unbounded)
  const outcomes = await Promise.allSettled(
    Array.from({ length: most + 7 }, () => hashing.verify(undefined, 'secure-password')),
  )
  t.is(outcomes.filter(({ status }) => status === 'fulfilled').length, most)
  for (const outcome of outcomes.slice(most)) t.like(outcome, { reason: { code: 'overloaded', status: 503 } })
  t.false(await hashing.verify(undefined, 'secure-password'))
})

test('while too many hashes wait, passwords are refused as overloaded, and nothing is written or counted', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const inviteCode = await server.mintInvite(1)
  const code = await makeResetCodeFor(server)
  const rows = countRows(server)
  const names = { username: 'bob', email: 'bob@example.com', inviteCode }

  let isBusy = true
  const keepBusy = async () => {
    while (isBusy) await server.auth.deps.hashing.hash('secure-password', '127.0.0.1')
  }
  const busy = Array.from({ length: most }, keepBusy)
  for (let count = 0; count < 6; count += 1) {
    assertProblem(t, await logIn(server, 'alice', 'not-the-right-one'), 503, 'overloaded')
  }
  assertProblem(t, await register(server, names), 503, 'overloaded')
  assertProblem(t, await register(server, names, { 'Idempotency-Key': 'key' }), 503, 'overloaded')
  assertProblem(t, await resetPassword(server, code, 'a-new-secure-password'), 503, 'overloaded')
  isBusy = false
  await Promise.all(busy)

  t.deepEqual(countRows(server), rows)
  t.is(countUses(server), 1)
  t.is((await logIn(server)).status, 200, 'no failure was counted')
  t.is((await resetPassword(server, code, 'a-new-secure-password')).status, 204, 'the code was not burned')
  t.is((await register(server, names, { 'Idempotency-Key': 'key' })).status, 201)
})
