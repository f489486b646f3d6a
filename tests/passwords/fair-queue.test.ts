import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
// First: it takes the place of scrypt.
import { holdScrypt } from '../helpers/hold-scrypt.ts'
import { assertProblem, registration } from '../helpers/people.ts'
import { attempt, attemptRightly, behindProxy } from '../helpers/sign-in-attempts.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const honest = 35
const emailOf = (number: number): string => `person${number}@example.com`

async function registerAll(server: TestServer, addressOf: (number: number) => string): Promise<void> {
  const inviteCode = await server.mintInvite()
  for (let number = 0; number < honest; number += 1) {
    const body = registration({ inviteCode, username: `person${number}`, email: emailOf(number) })
    const headers = { 'X-Forwarded-For': addressOf(number) }
    await server.request('POST', '/api/auth/register', { body, headers })
  }
}

/** Until that many hashes run, wait or were refused: nothing of it depends on how fast the machine is. */
async function untilAsked(server: TestServer, count: number): Promise<void> {
  const { hashing } = server.auth.deps
  const asked = (): number => hashing.load.running + hashing.load.waiting + hashing.load.refused
  while (asked() < count) await pause(5)
}

const floodFrom = (server: TestServer, addresses: readonly string[]) =>
  addresses.map((from, number) => attempt(server, { from, email: `nobody${number}@example.com` }))

const subnets = (count: number): string[] =>
  Array.from({ length: count }, (_, number) => `2001:db8:1:${(0x100 + number).toString(16)}::1`)

test.serial('250 networks of one /56 do not keep anybody else from signing in', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAll(server, () => '192.0.2.1')
  const release = holdScrypt()
  const flood = floodFrom(server, subnets(250))
  await untilAsked(server, 250)
  const signIns = Array.from({ length: honest }, (_, number) =>
    attempt(server, { from: `198.51.${number}.1`, email: emailOf(number), password: 'secure-password' }),
  )
  await untilAsked(server, 250 + honest)
  release()
  for (const answer of await Promise.all(signIns)) t.is(answer.status, 200)
  const refused = (await Promise.all(flood)).filter(({ status }) => status === 503)
  t.is(refused.length, server.auth.deps.hashing.load.refused)
  assertProblem(t, refused[0] as never, 503, 'overloaded')
})

test.serial('strangers of many networks do not keep known networks from signing in', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerAll(server, (number) => `198.51.${number}.1`)
  // What is known is in the data file: a restart forgets nothing.
  await server.stop()
  const again = await startServer(t, { ...behindProxy, file: server.file, clock: server.clock })
  const release = holdScrypt()
  const strangers = Array.from({ length: 250 }, (_, number) => `203.${number}.113.1`)
  const flood = floodFrom(again, strangers)
  await untilAsked(again, 250)
  const signIns = Array.from({ length: honest }, (_, number) =>
    attempt(again, { from: `198.51.${number}.9`, email: emailOf(number), password: 'secure-password' }),
  )
  await untilAsked(again, 250 + honest)
  release()
  for (const answer of await Promise.all(signIns)) t.is(answer.status, 200)
  t.true(
    (await Promise.all(flood)).some(({ status }) => status === 401),
    'strangers get turns as well',
  )
  t.is((await attemptRightly(again, '203.0.113.1')).status, 401)
})
