import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import test from 'ava'
import type { Clock } from '../src/clock.ts'
import { problem } from './helpers/answers.ts'
import { fakeClock } from './helpers/fake-clock.ts'
import {
  brokenStream,
  endedStream,
  everybody,
  online,
  startWatch,
  stream,
  take,
  written,
} from './helpers/presence-stream.ts'
import { type Answer, startTestServer } from './helpers/test-server.ts'

const good = stream([written(everybody('alice'), 'e-0')])
const longest = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]

const troubles: Record<string, Answer> = {
  'a lost answer': 'hang up',
  'an overloaded server': problem(503, 'overloaded'),
  'a limit': problem(429, 'rate_limited'),
  'a failing server': problem(500, 'internal_error'),
  'a proxy without its server': { status: 502, text: '<h1>Bad gateway</h1>' },
  'a stream that ends at once': endedStream(),
  'a stream that breaks at once': brokenStream(written(everybody('alice'), 'e-0')),
}

for (const [trouble, answer] of Object.entries(troubles)) {
  test(`the pauses after ${trouble} are by chance, and may be longer each time, up to 30 seconds`, async (t) => {
    const server = await startTestServer(t, (_, count) => (count > longest.length ? good : answer))
    const { watch, pauses } = startWatch(t, server.baseUrl)
    await take(watch, trouble.includes('breaks') ? longest.length + 1 : 1)
    t.is(pauses.length, longest.length)
    for (const [index, pause] of pauses.entries()) t.true(pause >= 0 && pause <= Number(longest[index]), `${pauses}`)
    t.is(new Set(pauses).size, pauses.length)
    t.true(Math.max(...pauses) > 1_000)
  })
}

test('Retry-After is waited for, and a little longer by chance, however long it is', async (t) => {
  for (const [status, code] of [
    [503, 'overloaded'],
    [429, 'rate_limited'],
  ] as const) {
    for (const seconds of [7, 3_600]) {
      const refusal = problem(status, code, {}, { 'Retry-After': String(seconds) })
      const server = await startTestServer(t, (_, count) => (count > 1 ? good : refusal))
      const { watch, pauses } = startWatch(t, server.baseUrl)
      await take(watch, 1)
      t.is(pauses.length, 1)
      t.true(Number(pauses[0]) >= seconds * 1_000 && Number(pauses[0]) <= seconds * 1_000 + 250)
    }
  }
})

test('what the server wants between two streams is waited for, up to 30 seconds', async (t) => {
  for (const [retry, least, most] of [
    [0, 0, 250],
    [5_000, 5_000, 5_250],
    [86_400_000, 30_000, 30_000],
  ] as const) {
    const server = await startTestServer(t, (_, count) => (count > 1 ? good : endedStream(`retry: ${retry}\n`)))
    const { watch, pauses } = startWatch(t, server.baseUrl)
    await take(watch, 1)
    t.true(Number(pauses[0]) >= least && Number(pauses[0]) <= most, `${retry}: ${pauses}`)
  }
})

test('after a stream that went on for 10 seconds the pauses begin anew', async (t) => {
  let now = 0
  const pauses: number[] = []
  const clock: Clock = {
    now: () => now,
    setTimeout: (callback, milliseconds) => {
      if ([60_000, 12_345].includes(milliseconds)) return
      pauses.push(milliseconds)
      callback()
    },
    clearTimeout: () => {},
  }
  const open: ServerResponse[] = []
  const server = await startTestServer(t, (_, count) =>
    count < 8 ? 'hang up' : stream([written(online('bob'), `e-${count}`)], (each) => open.push(each)),
  )
  const { watch } = startWatch(t, server.baseUrl, { clock })
  for (let count = 0; count < 5; count += 1) {
    await take(watch, 1)
    now += 10_000
    open.at(-1)?.end()
  }
  await take(watch, 1)
  t.is(pauses.length, 12)
  t.true(Math.max(...pauses.slice(0, 7)) > 250)
  t.true(Math.max(...pauses.slice(7)) <= 250)
})

test('a stream that is silent for 60 seconds is closed, and opened again behind its last event', async (t) => {
  const open: ServerResponse[] = []
  const server = await startTestServer(t, () => stream([written(everybody('alice'), 'e-0')], (each) => open.push(each)))
  const clock = fakeClock()
  const { watch } = startWatch(t, server.baseUrl, { clock })
  await take(watch, 1)
  const next = watch.next()
  for (const beat of [1, 2, 3]) {
    clock.advance(59_999)
    open[0]?.write(written(online('bob'), `e-${beat}`))
    t.deepEqual(beat === 1 ? await next : await watch.next(), { value: online('bob'), done: false })
  }
  const later = watch.next()
  const closed = once(open[0] as ServerResponse, 'close')
  clock.advance(59_999)
  t.false(open[0]?.destroyed)
  clock.advance(1)
  await closed
  while (server.requests.length === 1) {
    await new Promise(setImmediate)
    clock.advance(100)
  }
  t.deepEqual(await later, { value: everybody('alice'), done: false })
  t.is(server.requests[1]?.headers['last-event-id'], 'e-3')
})

test('an answer that does not begin within the timeout is given up, and one that has begun may take longer', async (t) => {
  const server = await startTestServer(t, (_, count) => (count === 1 ? 'never' : good))
  const clock = fakeClock()
  const { watch } = startWatch(t, server.baseUrl, { clock, timeout: 1_000 })
  const first = watch.next()
  await server.seen(1)
  clock.advance(999)
  t.is(clock.running, 1)
  clock.advance(1)
  while (server.requests.length === 1) {
    await new Promise(setImmediate)
    clock.advance(50)
  }
  t.deepEqual(await first, { value: everybody('alice'), done: false })
  const later = watch.next()
  clock.advance(30_000)
  await new Promise(setImmediate)
  t.is(clock.running, 1)
  t.is(server.requests.length, 2)
  await watch.return?.()
  t.deepEqual(await later, { value: undefined, done: true })
  t.is(clock.running, 0)
})
