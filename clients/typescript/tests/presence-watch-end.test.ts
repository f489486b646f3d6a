import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { noContent, problem } from './helpers/answers.ts'
import { fakeClock } from './helpers/fake-clock.ts'
import { everybody, online, startWatch, stream, take, written } from './helpers/presence-stream.ts'
import { rejection } from './helpers/rejection.ts'
import { startTestServer } from './helpers/test-server.ts'

const over = { value: undefined, done: true }

/** A server with streams that stay open. */
async function startStreams(t: ExecutionContext) {
  const open: ServerResponse[] = []
  const texts = [written(everybody('alice'), 'e-0'), written(online('bob'), 'e-1')]
  const server = await startTestServer(t, ({ path }) =>
    path === '/api/auth/presence/stream' ? stream(texts, (each) => open.push(each)) : noContent,
  )
  const closed = async () => {
    for (const response of open) if (!response.destroyed) await once(response, 'close')
    return open.length
  }
  return { ...server, open, closed }
}

test('break closes the connection', async (t) => {
  const server = await startStreams(t)
  const { watch } = startWatch(t, server.baseUrl)
  for await (const event of watch) {
    t.deepEqual(event, everybody('alice'))
    break
  }
  t.is(await server.closed(), 1)
  t.deepEqual(await watch.next(), over)
  t.is(server.requests.length, 1)
})

test('return() closes the connection at once, also while an event is awaited', async (t) => {
  const server = await startStreams(t)
  const { watch } = startWatch(t, server.baseUrl)
  await take(watch, 2)
  const next = watch.next()
  t.deepEqual(await watch.return?.(), over)
  t.deepEqual(await next, over)
  t.is(await server.closed(), 1)
  t.deepEqual(await watch.return?.(), over)
})

test('a watch that ends before it began sends nothing', async (t) => {
  const server = await startStreams(t)
  const ended = startWatch(t, server.baseUrl)
  await ended.watch.return?.()
  t.deepEqual(await ended.watch.next(), over)
  const aborted = startWatch(t, server.baseUrl, { signal: AbortSignal.abort() })
  t.deepEqual(await aborted.watch.next(), over)
  t.is(server.requests.length, 0)
})

test('the signal ends the watch at once and without an error, and closes the connection', async (t) => {
  const server = await startStreams(t)
  const abort = new AbortController()
  const { watch } = startWatch(t, server.baseUrl, { signal: abort.signal })
  await take(watch, 2)
  const next = watch.next()
  abort.abort(new Error('not to be seen'))
  t.deepEqual(await next, over)
  t.is(await server.closed(), 1)
  t.is(server.requests.length, 1)
})

test('after the signal not even what has come already is told', async (t) => {
  const server = await startStreams(t)
  const abort = new AbortController()
  const { watch } = startWatch(t, server.baseUrl, { signal: abort.signal })
  await take(watch, 1)
  abort.abort()
  t.deepEqual(await watch.next(), over)
  t.is(await server.closed(), 1)
})

test('the signal ends the watch at once, whatever it is waiting for', async (t) => {
  const waits: Record<string, string> = {
    'an answer': '/api/auth/presence/stream',
    'a refresh': '/api/auth/refresh',
  }
  for (const path of Object.values(waits)) {
    const server = await startTestServer(t, (request) =>
      request.path === path ? 'never' : problem(401, 'token_expired'),
    )
    const abort = new AbortController()
    const { watch } = startWatch(t, server.baseUrl, { signal: abort.signal })
    const next = watch.next()
    while (server.requests.at(-1)?.path !== path) await server.seen(server.requests.length + 1)
    abort.abort()
    t.deepEqual(await next, over)
  }
})

test('the signal ends the watch during a pause, and no timer is left', async (t) => {
  const server = await startTestServer(t, () => problem(503, 'overloaded', {}, { 'Retry-After': '60' }))
  const [abort, clock] = [new AbortController(), fakeClock()]
  const { watch } = startWatch(t, server.baseUrl, { signal: abort.signal, clock })
  const next = watch.next()
  await server.seen(1)
  let isOver = false
  void next.then(() => {
    isOver = true
  })
  for (let turn = 0; turn < 20; turn += 1) await setImmediate()
  t.is(clock.running, 1)
  t.false(isOver)
  abort.abort()
  t.deepEqual(await next, over)
  t.is(clock.running, 0)
  clock.advance(120_000)
  await setImmediate()
  t.is(server.requests.length, 1)
})

test('a watch that is over listens to its signal no longer', async (t) => {
  const server = await startStreams(t)
  let listening = 0
  const { signal } = new AbortController()
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    listening += 1
    addEventListener.apply(signal, given)
  }
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    listening -= 1
    removeEventListener.apply(signal, given)
  }
  const { watch } = startWatch(t, server.baseUrl, { signal })
  await take(watch, 1)
  t.is(listening, 1)
  await watch.return?.()
  t.is(listening, 0)
})

test('a fetch that does not honour its signal is stopped by its body', async (t) => {
  let cancelled = false
  const body = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(written(everybody('alice'), 'e-0'))),
      cancel: () => {
        cancelled = true
      },
    })
  const fetch = async () => new Response(body(), { headers: { 'Content-Type': 'text/event-stream' } })
  const { watch } = startWatch(t, 'http://localhost:3000', { fetch })
  await take(watch, 1)
  const next = watch.next()
  await watch.return?.()
  t.deepEqual(await next, over)
  t.true(cancelled)
})

test('disconnect ends every watch without an error, and one that begins later goes on', async (t) => {
  const server = await startStreams(t)
  const { client, watch } = startWatch(t, server.baseUrl)
  await take(watch, 2)
  const next = watch.next()
  await client.disconnect()
  t.deepEqual(await next, over)
  t.is(await server.closed(), 1)
  const again = client.watchPresence()
  t.deepEqual(await take(again, 1), [everybody('alice')])
  await again.return?.()
})

test('after a logout the watch ends with the error of a request without a token', async (t) => {
  let isSignedIn = true
  const open: ServerResponse[] = []
  const server = await startTestServer(t, ({ path, token }) => {
    if (path === '/api/auth/logout') {
      isSignedIn = false
      for (const response of open) response.end()
      return noContent
    }
    if (token === null) return problem(401, 'token_missing')
    return isSignedIn
      ? stream([written(everybody('alice'), 'e-0')], (each) => open.push(each))
      : problem(401, 'session_ended')
  })
  const { client, watch, pauses } = startWatch(t, server.baseUrl)
  await take(watch, 1)
  const failed = rejection(t, watch.next())
  await client.logout()
  const { code } = await failed
  t.true(['token_missing', 'session_ended'].includes(code))
  t.is(pauses.length, 1)
})

test('what a consumer does not ask for is not read: the server gets rid of no more than the network holds', async (t) => {
  const text = written(online('bob'), 'e-1').repeat(1_000)
  const whole = 64 * 2 ** 20
  let sent = 0
  let isStuck = () => {}
  const stuck = new Promise<void>((resolve) => {
    isStuck = resolve
  })
  const server = await startTestServer(t, () =>
    stream([written(everybody('alice'), 'e-0')], (response) => {
      const write = (): void => {
        clearTimeout(timer)
        while (sent < whole && response.write(text)) sent += text.length
        timer = setTimeout(isStuck, 100)
      }
      let timer: NodeJS.Timeout | undefined
      response.on('drain', write)
      write()
    }),
  )
  const { watch } = startWatch(t, server.baseUrl)
  await take(watch, 2)
  await stuck
  t.true(sent < whole / 2, `${sent} bytes went out`)
  t.deepEqual(await take(watch, 3_000), Array(3_000).fill(online('bob')))
})
