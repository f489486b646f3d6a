import test from 'ava'
import { strangersAnHour, strangersAtOnce } from '../../server/accounts/guess-brake.ts'
import { auditEvents } from '../helpers/audit.ts'
import { assertProblem, goodPassword, registration } from '../helpers/people.ts'
import type { Answer } from '../helpers/send.ts'
import { attempt, attemptRightly, behindProxy } from '../helpers/sign-in-attempts.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const hour = 3_600_000
const home = '192.0.2.7'
const stranger = '198.18.0.1'
const changes = ['guessing.noticed', 'guessing.over']

/** One password at one account after the other, from one network after the other, as fast as it is answered. */
async function spray(server: TestServer, accounts: number, networks: number): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let start = 0; start < accounts; start += 40) {
    const batch = Array.from({ length: Math.min(40, accounts - start) }, (_, index) => {
      const number = start + index
      const network = number % networks
      const from = `203.${network >> 8}.${network & 255}.1`
      return attempt(server, { from, email: `person${number}@example.com` })
    })
    answers.push(...(await Promise.all(batch)))
  }
  return answers
}

async function startWithAlice(t: Parameters<typeof startServer>[0]): Promise<TestServer> {
  const server = await startServer(t, behindProxy)
  const body = registration({ inviteCode: await server.mintInvite(1) })
  await server.request('POST', '/api/auth/register', { body, headers: { 'X-Forwarded-For': home } })
  return server
}

const count = (answers: readonly Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length

test('one password at 3,200 accounts from 400 networks is slowed, and known networks go on', async (t) => {
  const server = await startWithAlice(t)
  const answers = await spray(server, 3200, 400)
  t.deepEqual([count(answers, 401), count(answers, 429)], [strangersAtOnce, 3200 - strangersAtOnce])
  const [putOff] = answers.filter(({ status }) => status === 429)
  assertProblem(t, putOff as Answer, 429, 'rate_limited')
  t.true(Number(putOff?.headers.get('retry-after')) > 0)

  const rows = server.query('SELECT * FROM sign_in_failures')
  const existing = await attempt(server, { from: stranger })
  const missing = await attempt(server, { from: stranger, email: 'nobody@example.com' })
  assertProblem(t, existing, 429, 'rate_limited')
  t.deepEqual({ ...existing.body, requestId: '' }, { ...missing.body, requestId: '' }, 'it does not tell who exists')
  t.is(existing.headers.get('retry-after'), missing.headers.get('retry-after'))
  t.deepEqual(server.query('SELECT * FROM sign_in_failures'), rows, 'what is put off is not looked at')

  t.is((await attempt(server, { from: home })).status, 401, 'a known network may still mistype')
  t.is((await attemptRightly(server, home)).status, 200)
})

test('while strangers are put off, those whose site has not failed lately get what room there is', async (t) => {
  const server = await startWithAlice(t)
  await spray(server, strangersAtOnce + 1, 400)
  assertProblem(t, await attemptRightly(server, stranger), 429, 'rate_limited')
  server.clock.advance(hour / strangersAnHour)
  assertProblem(t, await attempt(server, { from: '203.0.1.9' }), 429, 'rate_limited')
  t.is((await attemptRightly(server, stranger)).status, 200)
  t.is((await attemptRightly(server, stranger)).status, 200, 'it is known now')
})

test('it is told once when it begins and once when it ends, and nobody is put off after that', async (t) => {
  const server = await startWithAlice(t)
  await spray(server, strangersAtOnce + 100, 400)
  for (let times = 0; times < 3; times += 1) await server.auth.doSlowWork()
  t.deepEqual(
    auditEvents(server, ...changes).map(({ event, user_id, details }) => [event, user_id, details]),
    [['guessing.noticed', null, null]],
  )
  server.clock.advance(hour)
  for (let times = 0; times < 3; times += 1) await server.auth.doSlowWork()
  t.deepEqual(
    auditEvents(server, ...changes).map(({ event, details }) => [event, details]),
    [
      ['guessing.noticed', null],
      ['guessing.over', '{"putOff":100}'],
    ],
  )
  t.is(server.log().split('"event":"guessing.noticed"').length, 2)
  t.is(server.log().split('"event":"guessing.over"').length, 2)
  t.notRegex(server.log(), /203\.\d+\.\d+\.1|not-the-right-one/, 'no address and no password is logged')
  t.is((await attempt(server, { from: '203.0.1.9' })).status, 401)
})

test('1,000 people who all mistype once and then sign in are not put off, though none is known', async (t) => {
  const server = await startWithAlice(t)
  t.is(count(await spray(server, 1000, 1000), 401), 1000)
  for (let person = 0; person < 300; person += 1) {
    const from = `198.${18 + (person >> 8)}.${person & 255}.1`
    t.is((await attempt(server, { from, password: goodPassword })).status, 200)
  }
  t.deepEqual(auditEvents(server, ...changes), [])
})

test('a burst is counted before the first of it has failed', async (t) => {
  const server = await startWithAlice(t)
  await spray(server, strangersAtOnce - 10, 400)
  const burst = await Promise.all(
    Array.from({ length: 60 }, (_, number) =>
      attempt(server, { from: `198.51.${number}.1`, email: `burst${number}@example.com` }),
    ),
  )
  t.deepEqual([count(burst, 401), count(burst, 429)], [10, 50])
})
