import test from 'ava'
import { openStream } from '../helpers/event-streams.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { disconnect, longTokens, named } from '../helpers/presence.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, refreshed } from '../helpers/tokens.ts'

const stream = '/api/auth/presence/stream'

/** The server notices a closed connection a moment later. */
async function untilStreams(server: TestServer, count: number): Promise<void> {
  while (server.auth.deps.presenceStreams.count > count) await new Promise((resolve) => setImmediate(resolve))
}

test('a stream begins with everybody who is online, then tells who comes and goes, each once', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const alice = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  await getMe(server, bob.token)
  const carol = await registerPerson(server, 'carol')
  const watching = await openStream(t, server, alice.token)
  t.is(watching.status, 200)
  t.is(watching.headers['content-type'], 'text/event-stream; charset=utf-8')
  t.is(watching.headers['cache-control'], 'no-store')
  const [snapshot] = await watching.take(1)
  t.is(snapshot?.event, 'snapshot')
  t.deepEqual(snapshot?.data, { userIds: [bob.user.id, alice.user.id], hasMore: false })
  await getMe(server, carol.token)
  await getMe(server, carol.token, named('tab'))
  const came = new Date(server.clock.now()).toISOString()
  await disconnect(server, bob.token)
  server.clock.advance(1000)
  await disconnect(server, carol.token)
  const events = await watching.take(4)
  t.deepEqual(
    events.slice(1).map(({ event, data }) => [event, data]),
    [
      ['online', { userId: carol.user.id, at: came }],
      ['offline', { userId: bob.user.id, at: came }],
      ['offline', { userId: carol.user.id, at: came }],
    ],
  )
  t.is(new Set(events.map(({ id }) => id)).size, 4)
  t.notRegex(watching.text(), /@|alice|bob|carol/, 'ids only')
})

test('who times out is told to be offline, since they were last seen', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const alice = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const watching = await openStream(t, server, alice.token)
  await watching.take(1)
  await getMe(server, bob.token)
  const at = new Date(server.clock.now()).toISOString()
  for (let step = 0; step < 4; step += 1) {
    server.clock.advance(15_000)
    await server.auth.beat()
  }
  const [, came, went] = await watching.take(3)
  t.deepEqual([came?.event, went?.event], ['online', 'offline'])
  t.deepEqual(went?.data, { userId: bob.user.id, at })
})

test('whoever holds a stream open is online, also without a request, and hears that the server lives', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const alice = await registerPerson(server)
  const watching = await openStream(t, server, alice.token, { connection: 'tab' })
  await watching.take(1)
  for (let step = 0; step < 12; step += 1) {
    server.clock.advance(15_000)
    await server.auth.beat()
  }
  t.true(server.auth.deps.presence.isOnline(alice.user.id))
  t.is(watching.events().length, 1, 'not a moment offline')
  while (watching.text().split('\n: still here\n').length <= 5) await new Promise((resolve) => setImmediate(resolve))
  watching.close()
  await untilStreams(server, 0)
  server.clock.advance(60_000)
  await server.auth.beat()
  t.false(server.auth.deps.presence.isOnline(alice.user.id))
})

test('a reader who comes back with the last id is told what came since, and nothing twice', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const alice = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const first = await openStream(t, server, alice.token)
  await first.take(1)
  await getMe(server, bob.token)
  const [, came] = await first.take(2)
  first.close()
  await disconnect(server, bob.token)
  await getMe(server, bob.token)
  const second = await openStream(t, server, alice.token, { lastEventId: came?.id })
  t.deepEqual(
    (await second.take(2)).map(({ event, data }) => [event, data.userId]),
    [
      ['offline', bob.user.id],
      ['online', bob.user.id],
    ],
  )
  const third = await openStream(t, server, alice.token, { lastEventId: second.events().at(-1)?.id })
  await disconnect(server, bob.token)
  t.deepEqual(
    (await third.take(1)).map(({ event }) => event),
    ['offline'],
  )
})

test('an id that this server never gave begins with a snapshot', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const alice = await registerPerson(server)
  const first = await openStream(t, server, alice.token)
  const [snapshot] = await first.take(1)
  const [epoch = ''] = snapshot?.id?.split('-') ?? []
  for (const lastEventId of [`${epoch}-999`, 'feed-1', '1', '', `${epoch}--1`, `${epoch}-1e3`, 'x'.repeat(5000)]) {
    const again = await openStream(t, server, alice.token, { lastEventId })
    t.deepEqual(
      (await again.take(1)).map(({ event }) => event),
      ['snapshot'],
      lastEventId.slice(0, 20),
    )
    again.close()
  }
  await server.stop()
  const restarted = await startServer(t, { file: server.file, clock: server.clock, settings: longTokens })
  const after = await openStream(t, restarted, alice.token, { lastEventId: snapshot?.id })
  t.deepEqual(
    (await after.take(1)).map(({ event }) => event),
    ['snapshot'],
    'of before a restart',
  )
})

test('a stream needs a fresh token, and ends after five minutes, to be opened again', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  assertProblem(t, await server.request('GET', stream), 401, 'token_missing')
  assertProblem(t, await server.request('GET', stream, { token: 'nonsense' }), 401, 'token_invalid')
  const watching = await openStream(t, server, token)
  server.clock.advance(4 * 60_000)
  await server.auth.beat()
  const lastEventId = (await watching.take(1))[0]?.id
  server.clock.advance(60_000)
  await server.auth.beat()
  await watching.ended
  server.clock.advance(10 * 60_000)
  assertProblem(t, await server.request('GET', stream, { token }), 401, 'token_expired')
  const again = await openStream(t, server, await refreshed(server, token), { lastEventId })
  t.is(again.status, 200)
})

test('a stream of a bot ends when its token expires', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const expiresAt = new Date(server.clock.now() + 60_000).toISOString()
  const made = await server.request('POST', '/api/auth/bots', { token, body: { username: 'helper', expiresAt } })
  const watching = await openStream(t, server, made.body.token)
  await watching.take(1)
  server.clock.advance(59_999)
  await server.auth.beat()
  t.is(server.auth.deps.presenceStreams.count, 1)
  server.clock.advance(1)
  await server.auth.beat()
  await watching.ended
  assertProblem(t, await server.request('GET', stream, { token: made.body.token }), 401, 'token_invalid')
})

test('who disconnects stays offline, though their stream is open, until they open it again', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const { token, user } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const watching = await openStream(t, server, token, { connection: 'tab' })
  const other = await openStream(t, server, bob.token)
  await Promise.all([watching.take(1), other.take(1)])
  await disconnect(server, token, named('tab'))
  for (let step = 0; step < 8; step += 1) {
    server.clock.advance(15_000)
    await server.auth.beat()
  }
  t.false(server.auth.deps.presence.isOnline(user.id))
  t.true(server.auth.deps.presence.isOnline(bob.user.id), 'nobody else')
  await openStream(t, server, token, { connection: 'tab' })
  t.true(server.auth.deps.presence.isOnline(user.id))
})

test('a clock that is put back neither ends a stream nor takes its reader offline', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const { token, user } = await registerPerson(server)
  const watching = await openStream(t, server, token)
  await watching.take(1)
  server.clock.advance(-60_000)
  for (let step = 0; step < 8; step += 1) {
    server.clock.advance(15_000)
    await server.auth.beat()
    t.true(server.auth.deps.presence.isOnline(user.id))
  }
  t.is(server.auth.deps.presenceStreams.count, 1)
})

test('a stream ends at once with its session, and nobody else loses theirs', async (t) => {
  const server = await startServer(t)
  const alice = await registerPerson(server)
  const other = (await logIn(server)).body.token
  const streams = [await openStream(t, server, alice.token), await openStream(t, server, other)]
  for (const each of streams) await each.take(1)
  await server.request('POST', '/api/auth/logout', { token: alice.token })
  await streams[0]?.ended
  assertProblem(t, await server.request('GET', stream, { token: alice.token }), 401, 'session_ended')
  await getMe(server, (await registerPerson(server, 'bob')).token)
  t.is((await streams[1]?.take(2))?.length, 2, 'the other goes on')
})

test('a person has 20 streams at most, and one that is closed makes room', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const streams = await Promise.all(Array.from({ length: 20 }, () => openStream(t, server, token)))
  t.true(streams.every(({ status }) => status === 200))
  assertProblem(t, await server.request('GET', stream, { token }), 429, 'rate_limited')
  t.is((await openStream(t, server, bob.token)).status, 200, 'others have their own')
  streams[0]?.close()
  await untilStreams(server, 20)
  t.is((await openStream(t, server, token)).status, 200)
})

test('a server that stops ends its streams at once, and opens no more', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const watching = await openStream(t, server, token)
  await watching.take(1)
  server.auth.startDraining()
  await watching.ended
  assertProblem(t, await server.request('GET', stream, { token }), 503, 'overloaded')
  await server.stop()
})
