import test from 'ava'
import { alice, ok, problem } from './helpers/answers.ts'
import {
  brokenStream,
  endedStream,
  everybody,
  offline,
  online,
  part,
  startWatch,
  stream,
  take,
  written,
} from './helpers/presence-stream.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { type Answer, startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

test('watching asks for the stream once, and tells who is there, who comes and who goes', async (t) => {
  const texts = [
    written(everybody('alice', 'bob'), 'e-0'),
    ': still here\n\n',
    written(online('carol'), 'e-1'),
    'id: e-2\nevent: greeting\ndata: of a newer server\n\n',
    'data: no event of ours\n\n',
    'a line that is none\n\n',
    written(offline('bob'), 'e-3'),
  ]
  const server = await startTestServer(t, () => stream(texts))
  const { watch } = startWatch(t, server.baseUrl)
  t.deepEqual(await take(watch, 3), [everybody('alice', 'bob'), online('carol'), offline('bob')])
  t.is(server.requests.length, 1)
  const [{ method, path, token, headers }] = server.requests as [(typeof server.requests)[number]]
  t.deepEqual([method, path, token], ['GET', '/api/auth/presence/stream', makeToken()])
  t.is(headers.accept, 'text/event-stream')
  t.truthy(headers['guestlist-connection'])
  t.false('last-event-id' in headers)
})

test('nothing is sent before somebody awaits an event', async (t) => {
  const server = await startTestServer(t, () => ok(alice))
  const { client } = startWatch(t, server.baseUrl)
  await client.getMe()
  t.is(server.requests.length, 1)
})

test('the parts of a snapshot are joined to one', async (t) => {
  const texts = [
    part('a', 'b'),
    ': still here\n\n',
    part('c'),
    written(everybody('d'), 'e-0'),
    written(online('e'), 'e-1'),
  ]
  const server = await startTestServer(t, () => stream(texts))
  const { watch } = startWatch(t, server.baseUrl)
  t.deepEqual(await take(watch, 2), [everybody('a', 'b', 'c', 'd'), online('e')])
})

test('each call is a stream of its own, and ends by itself', async (t) => {
  const server = await startTestServer(t, (_, count) => stream([written(everybody(`${count}`), 'e-0')]))
  const { client, watch } = startWatch(t, server.baseUrl)
  const other = client.watchPresence()
  t.teardown(() => other.return?.())
  t.deepEqual(await take(watch, 1), [everybody('1')])
  t.deepEqual(await take(other, 1), [everybody('2')])
  await other.return?.()
  t.deepEqual(await other.next(), { value: undefined, done: true })
  t.is(server.requests.length, 2)
  t.is(new Set(server.requests.map(({ headers }) => headers['guestlist-connection'])).size, 1)
})

const endings: Record<string, (...texts: string[]) => Answer> = { ends: endedStream, 'breaks off': brokenStream }

for (const [ending, make] of Object.entries(endings)) {
  test(`a stream that ${ending} is opened again behind its last event, soon`, async (t) => {
    const answers = [
      make(written(everybody('alice'), 'e-0'), written(online('bob'), 'e-1')),
      make(': still here\n\n'),
      stream([written(offline('bob'), 'e-2')]),
    ]
    const server = await startTestServer(t, (_, count) => answers[count - 1] ?? 'never')
    const { watch, pauses } = startWatch(t, server.baseUrl)
    t.deepEqual(await take(watch, 3), [everybody('alice'), online('bob'), offline('bob')])
    t.deepEqual(
      server.requests.map(({ headers }) => headers['last-event-id']),
      [undefined, 'e-1', 'e-1'],
    )
    t.is(pauses.length, 2)
    t.true(Number(pauses[0]) <= 250)
  })

  test(`an event in whose middle the stream ${ending} is not told, and asked for again`, async (t) => {
    const half = written(online('carol'), 'e-1').slice(0, -1)
    const answers = [make(written(everybody('alice'), 'e-0'), half), stream([written(online('carol'), 'e-1')])]
    const server = await startTestServer(t, (_, count) => answers[count - 1] ?? 'never')
    const { watch } = startWatch(t, server.baseUrl)
    t.deepEqual(await take(watch, 2), [everybody('alice'), online('carol')])
    t.is(server.requests[1]?.headers['last-event-id'], 'e-0')
  })

  test(`a snapshot in whose middle the stream ${ending} begins anew`, async (t) => {
    const answers = [
      make(part('a', 'b')),
      make(part('a', 'b'), part('c')),
      stream([part('c'), written(everybody('d'), 'f-0')]),
    ]
    const server = await startTestServer(t, (_, count) => answers[count - 1] ?? 'never')
    const { watch } = startWatch(t, server.baseUrl)
    t.deepEqual(await take(watch, 1), [everybody('c', 'd')])
    t.deepEqual(
      server.requests.map(({ headers }) => headers['last-event-id']),
      [undefined, undefined, undefined],
    )
  })
}

test('a snapshot of another server process is told again, and its ids count from then on', async (t) => {
  const answers = [
    endedStream(written(everybody('alice', 'bob'), 'e-7')),
    endedStream(written(everybody('alice'), 'f-0')),
    stream([written(online('bob'), 'f-1')]),
  ]
  const server = await startTestServer(t, (_, count) => answers[count - 1] ?? 'never')
  const { watch } = startWatch(t, server.baseUrl)
  t.deepEqual(await take(watch, 3), [everybody('alice', 'bob'), everybody('alice'), online('bob')])
  t.deepEqual(
    server.requests.map(({ headers }) => headers['last-event-id']),
    [undefined, 'e-7', 'f-0'],
  )
})

test('an id that no header can hold is not sent back', async (t) => {
  for (const id of ['é', 'a b', 'x'.repeat(256), '']) {
    const answers = [endedStream(written(everybody('alice'), id)), stream([written(everybody('bob'), 'e-0')])]
    const server = await startTestServer(t, (_, count) => answers[count - 1] ?? 'never')
    const { watch } = startWatch(t, server.baseUrl)
    t.deepEqual(await take(watch, 2), [everybody('alice'), everybody('bob')])
    t.false('last-event-id' in (server.requests[1]?.headers ?? {}))
  }
})

test('a token that has expired is refreshed once, for the stream and every other request', async (t) => {
  let streams = 0
  const server = await startSessionServer(t, ({ path, token }) => {
    if (path !== '/api/auth/presence/stream' || token === makeToken()) return undefined
    streams += 1
    return streams === 1 ? endedStream(written(everybody('alice'), 'e-0')) : stream([written(online('bob'), 'e-1')])
  })
  const { client, watch } = startWatch(t, server.baseUrl)
  const [first, me] = await Promise.all([take(watch, 1), client.getMe()])
  t.deepEqual([first, me], [[everybody('alice')], alice])
  t.is(server.refreshes(), 1)
  t.deepEqual(await take(watch, 1), [online('bob')])
  t.deepEqual(
    server.of('GET /presence/stream').map(({ token }) => token),
    [makeToken(), makeToken({ gen: 2 }), makeToken({ gen: 2 })],
  )
  t.is(new Set(server.requests.map(({ headers }) => headers['guestlist-connection'])).size, 1)
  t.is(server.refreshes(), 1)
})

test('a refresh that fails for the moment is tried again with the next stream', async (t) => {
  let refreshes = 0
  const server = await startSessionServer(t, ({ path, token }) => {
    if (path === '/api/auth/refresh') {
      refreshes += 1
      return refreshes === 1 ? problem(503, 'overloaded', {}, { 'Retry-After': '20' }) : undefined
    }
    return token === makeToken() ? undefined : stream([written(everybody('alice'), 'e-0')])
  })
  const { watch, pauses } = startWatch(t, server.baseUrl)
  t.deepEqual(await take(watch, 1), [everybody('alice')])
  t.is(refreshes, 2)
  t.is(pauses.length, 1)
  t.true(Number(pauses[0]) >= 20_000)
})
