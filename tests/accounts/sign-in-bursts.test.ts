import test from 'ava'
import { holdVerifying } from '../helpers/during-hashing.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import type { Answer } from '../helpers/send.ts'
import { attempt, attemptRightly, failTimes } from '../helpers/sign-in-attempts.ts'
import { startServer } from '../helpers/start-server.ts'

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))
const statuses = (answers: { status: number }[]): number[] => answers.map(({ status }) => status).sort()

for (const email of ['alice@example.com', 'nobody@example.com']) {
  test(`of 40 wrong passwords at once five are judged: ${email}`, async (t) => {
    const server = await startServer(t)
    await registerPerson(server)
    const answers = await Promise.all(times(40, () => attempt(server, { email })))
    t.deepEqual(statuses(answers), [...times(5, () => 401), ...times(35, () => 429)])
    for (const answer of answers.filter(({ status }) => status === 429)) assertProblem(t, answer, 429, 'rate_limited')
    const table = email.startsWith('alice') ? 'known_networks' : 'sign_in_failures'
    const counted = `SELECT (forgotten_at - failed_at) / 86400000 AS failures FROM ${table} WHERE network <> '*'`
    t.deepEqual(server.query(counted), [{ failures: 5 }])
  })
}

test('of 40 wrong passwords that are looked at in the same instant five are judged', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const { signInThrottle } = server.auth.deps
  const who = { email: 'alice@example.com', address: '127.0.0.1' }
  let judged = 0
  const verify = async () => {
    judged += 1
    return false
  }
  await Promise.allSettled(times(40, () => signInThrottle.attempt(who, verify)))
  t.is(judged, 5)
  assertProblem(t, await attemptRightly(server), 429, 'rate_limited')
})

test('once the wait is over, of 20 wrong passwords at once a single one is judged', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  await failTimes(server, 7)
  const answers = await Promise.all(times(20, () => attempt(server, {})))
  t.deepEqual(statuses(answers), [401, ...times(19, () => 429)])
})

test('after four wrong passwords 20 right logins at once still all succeed', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  await failTimes(server, 4)
  t.deepEqual(
    statuses(await Promise.all(times(20, () => attemptRightly(server)))),
    times(20, () => 200),
  )
})

test('beyond 5 inside and 128 waiting a login is overloaded at once, and nobody else is hurt', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  await registerPerson(server, 'bob')
  const release = holdVerifying(server, 5)
  const overloaded: Answer[] = []
  const areRefused = Promise.withResolvers<void>()
  const logins = times(5 + 128 + 10, async () => {
    const answer = await attemptRightly(server)
    if (answer.status === 503 && overloaded.push(answer) === 10) areRefused.resolve()
    return answer.status
  })
  await areRefused.promise
  t.is((await logIn(server, 'bob')).status, 200)
  release()
  t.deepEqual((await Promise.all(logins)).sort(), [...times(133, () => 200), ...times(10, () => 503)])
  for (const answer of overloaded) assertProblem(t, answer, 503, 'overloaded')
  t.is((await attemptRightly(server)).status, 200)
})

test('two servers on one data file share the count', async (t) => {
  const server = await startServer(t)
  const other = await startServer(t, { file: server.file, clock: server.clock })
  await registerPerson(server)
  for (let count = 0; count < 5; count += 1) await attempt(count % 2 ? server : other, {})
  assertProblem(t, await attemptRightly(server), 429, 'rate_limited')
  assertProblem(t, await attemptRightly(other), 429, 'rate_limited')
})
