import test from 'ava'
import { GuestlistClient, GuestlistError } from '../src/index.ts'
import { alice, ok, problem } from './helpers/answers.ts'
import { fakeClock, hastyClock } from './helpers/fake-clock.ts'
import { safeOperations, unsafeOperations } from './helpers/operations.ts'
import { networkRejection, rejection } from './helpers/rejection.ts'
import { type Answer, startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'
import { watchedFetch } from './helpers/watched-fetch.ts'

const token = makeToken()
const start = { authorizationUrl: 'https://id.example/', flowSecret: 'secret' }
const good = ok({ token: makeToken({ gen: 2 }), user: alice, ...start })
const withRetryAfter = (value: string) => problem(503, 'overloaded', {}, { 'Retry-After': value })

const refusals: Record<string, Answer> = {
  '429': problem(429, 'rate_limited'),
  '503': problem(503, 'overloaded'),
}
const silences: Record<string, Answer> = {
  'a lost answer': 'hang up',
  'a proxy’s 503': { status: 503, text: '<h1>Unavailable</h1>' },
  '502': { status: 502, text: '<h1>Bad gateway</h1>' },
  '504': { status: 504, text: '<h1>Gateway time-out</h1>' },
}

for (const [name, call] of Object.entries({ ...safeOperations, ...unsafeOperations })) {
  test(`${name} is sent again after an answer by which nothing was done`, async (t) => {
    for (const refusal of Object.values(refusals)) {
      const server = await startTestServer(t, (_, count) => (count < 3 ? refusal : good))
      const client = new GuestlistClient({ baseUrl: server.baseUrl, token, clock: hastyClock() })
      await t.notThrowsAsync(call(client))
      const [first, second, third] = server.requests.map(({ method, path, body }) => `${method} ${path} ${body}`)
      t.is(first, second)
      t.is(first, third)
    }
  })
}

for (const [name, call] of Object.entries(safeOperations)) {
  test(`${name} is sent again when nobody knows whether it was done`, async (t) => {
    for (const silence of Object.values(silences)) {
      const server = await startTestServer(t, (_, count) => (count < 3 ? silence : good))
      const client = new GuestlistClient({ baseUrl: server.baseUrl, token, clock: hastyClock() })
      await t.notThrowsAsync(call(client))
      t.true(server.requests.length >= 3)
    }
  })
}

for (const [name, call] of Object.entries(unsafeOperations)) {
  test(`${name} is not sent again when a proxy puts it off in a code of its own`, async (t) => {
    for (const answer of [problem(503, 'UPSTREAM_TIMEOUT'), problem(429, 'SLOW_DOWN')]) {
      const server = await startTestServer(t, () => answer)
      const client = new GuestlistClient({ baseUrl: server.baseUrl, token, clock: hastyClock() })
      await rejection(t, call(client))
      t.is(server.requests.length, 1)
    }
  })

  test(`${name} is not sent again when nobody knows whether it was done`, async (t) => {
    for (const silence of Object.values(silences)) {
      const server = await startTestServer(t, () => silence)
      const client = new GuestlistClient({ baseUrl: server.baseUrl, token, clock: hastyClock() })
      await networkRejection(t, call(client))
      t.is(server.requests.length, 1)
    }
  })
}

test('a request that timed out is sent again where that is safe', async (t) => {
  const server = await startTestServer(t, (_, count) => (count < 2 ? 'never' : good))
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token, timeout: 500, clock: hastyClock() })
  await client.getMe()
  t.is(server.requests.length, 2)
})

test('a request that was refused for good, failed or given up is not sent again', async (t) => {
  const answers = [problem(401, 'session_ended'), problem(404, 'not_found'), problem(500, 'internal_error'), ok('{')]
  for (const answer of [...answers, { status: 200, text: 'no JSON' }]) {
    const server = await startTestServer(t, () => answer)
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token, clock: hastyClock() })
    await client.getUserProfile('1').catch((error) => t.true(error instanceof GuestlistError))
    t.is(server.requests.length, 1)
  }
  let calls = 0
  const fetch = () => {
    calls += 1
    return Promise.reject(new DOMException('Given up', 'AbortError'))
  }
  await networkRejection(t, new GuestlistClient({ baseUrl: 'http://localhost:3000', fetch }).getConfig())
  t.is(calls, 1)
})

test('the last failure is the one that is told, after as many requests as maxRetries allows', async (t) => {
  for (const maxRetries of [0, 1, 4]) {
    const server = await startTestServer(t, (_, count) => problem(503, 'overloaded', { requestId: `r${count}` }))
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token, maxRetries, clock: hastyClock() })
    t.is((await rejection(t, client.getMe())).requestId, `r${maxRetries + 1}`)
    t.is(server.requests.length, maxRetries + 1)
  }
})

test('the client waits for exactly as long as Retry-After says', async (t) => {
  const server = await startTestServer(t, (_, count) => (count < 2 ? withRetryAfter('7') : good))
  const clock = fakeClock()
  const { fetch, done } = watchedFetch()
  const answer = new GuestlistClient({ baseUrl: server.baseUrl, token, clock, fetch }).updateProfile({})
  await done(1)
  clock.advance(6_999)
  t.is(server.requests.length, 1)
  t.is(clock.running, 1)
  clock.advance(1)
  await answer
  t.is(server.requests.length, 2)
})

test('a Retry-After that is a date is waited for as well', async (t) => {
  const date = new Date(Date.now() + 8_000).toUTCString()
  const server = await startTestServer(t, (_, count) => (count < 2 ? withRetryAfter(date) : good))
  const pauses: number[] = []
  await new GuestlistClient({ baseUrl: server.baseUrl, token, clock: hastyClock(pauses) }).getMe()
  t.is(pauses.length, 1)
  t.true(Number(pauses[0]) >= 1_000 && Number(pauses[0]) <= 8_000)
})

test('a Retry-After of more than 10 seconds is told at once', async (t) => {
  for (const [header, isWaitedFor] of [
    ['10', true],
    ['11', false],
    ['86400', false],
  ] as const) {
    const server = await startTestServer(t, () => withRetryAfter(header))
    const pauses: number[] = []
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token, clock: hastyClock(pauses) })
    t.is((await rejection(t, client.getMe())).retryAfter, Number(header))
    t.deepEqual(pauses, isWaitedFor ? [10_000, 10_000] : [])
  }
})

test('without Retry-After the pause is by chance, and may be longer each time, up to two seconds', async (t) => {
  const longest = [250, 500, 1_000, 2_000, 2_000, 2_000]
  const seen: number[][] = longest.map(() => [])
  for (let round = 0; round < 20; round += 1) {
    const server = await startTestServer(t, () => 'hang up')
    const pauses: number[] = []
    const options = { baseUrl: server.baseUrl, token, maxRetries: longest.length, clock: hastyClock(pauses) }
    await networkRejection(t, new GuestlistClient(options).getMe())
    for (const [index, pause] of pauses.entries()) seen[index]?.push(pause)
  }
  for (const [index, pauses] of seen.entries()) {
    t.is(pauses.length, 20)
    t.true(Math.min(...pauses) >= 0)
    t.true(Math.max(...pauses) <= Number(longest[index]))
    t.is(new Set(pauses).size, 20)
  }
})

test('a beat of presence is not sent again: the next one will do', async (t) => {
  for (const answer of [problem(503, 'overloaded'), 'hang up'] as const) {
    const server = await startTestServer(t, () => answer)
    const clock = fakeClock()
    const { fetch, done } = watchedFetch()
    const stop = new GuestlistClient({ baseUrl: server.baseUrl, token, clock, fetch }).startPresence()
    await done(1)
    clock.advance(29_999)
    t.is(server.requests.length, 1)
    clock.advance(1)
    await done(2)
    t.is(server.requests.length, 2)
    stop()
  }
})
