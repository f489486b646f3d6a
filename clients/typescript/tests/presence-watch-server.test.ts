import test, { type ExecutionContext } from 'ava'
import { registerPerson } from '../../../tests/helpers/people.ts'
import { startServer } from '../../../tests/helpers/start-server.ts'
import { GuestlistClient, memoryStorage, type PresenceEvent } from '../src/index.ts'
import { take } from './helpers/presence-stream.ts'
import { rejection } from './helpers/rejection.ts'

async function startWatching(t: ExecutionContext, settings: Record<string, string> = {}) {
  const server = await startServer(t, { settings })
  const alice = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const [storage, requests] = [memoryStorage(), [] as string[]]
  let address = server.url
  const fetch = (url: string, init: RequestInit) => {
    const id = new Headers(init.headers).get('last-event-id')
    requests.push(`${init.method} ${new URL(url).pathname}${id === null ? '' : ' behind an event'}`)
    return globalThis.fetch(url.replace(server.url, address), init)
  }
  const client = new GuestlistClient({ baseUrl: server.url, token: alice.token, storage, fetch })
  const watch = client.watchPresence()
  t.teardown(() => watch.return?.())
  const moveTo = (url: string) => {
    address = url
  }
  return { server, alice, bob, client, watch, storage, requests, moveTo }
}

const told = (events: PresenceEvent[]) =>
  events.map((event) => (event.type === 'snapshot' ? event : `${event.userId} is ${event.type}`))

test('a watch of the real server tells who comes and goes, past the end of its token', async (t) => {
  const { server, alice, bob, watch, requests } = await startWatching(t)
  const other = new GuestlistClient({ baseUrl: server.url, token: bob.token })
  t.deepEqual(await take(watch, 1), [{ type: 'snapshot', userIds: [alice.user.id] }])
  await other.getMe()
  await other.disconnect()
  t.deepEqual(told(await take(watch, 2)), [`${bob.user.id} is online`, `${bob.user.id} is offline`])

  server.clock.advance(15 * 60_000)
  await server.auth.beat()
  const next = take(watch, 3)
  while (requests.filter((request) => request.endsWith('behind an event')).length < 2) await new Promise(setImmediate)
  await other.getMe()
  t.deepEqual(told(await next), [
    `${alice.user.id} is offline`,
    `${alice.user.id} is online`,
    `${bob.user.id} is online`,
  ])
  t.deepEqual(requests, [
    'GET /api/auth/presence/stream',
    'GET /api/auth/presence/stream behind an event',
    'POST /api/auth/refresh',
    'GET /api/auth/presence/stream behind an event',
  ])
})

test('a great many people are told as one snapshot, and again by another server process', async (t) => {
  const { server, watch, moveTo } = await startWatching(t)
  const { presence, newId } = server.auth.deps
  for (let count = 0; count < 1_200; count += 1) {
    presence.mark({ id: newId(), userId: newId() }, undefined, presence.nextArrival())
  }
  const [snapshot] = await take(watch, 1)
  t.is(snapshot?.type === 'snapshot' && new Set(snapshot.userIds).size, 1_201)
  const other = await startServer(t, { file: server.file })
  moveTo(other.url)
  server.auth.startDraining()
  const [again] = await take(watch, 1)
  t.is(again?.type === 'snapshot' && again.userIds.length, 1)
  await watch.return?.()
})

test('a watch whose session ends elsewhere rejects with session_ended and drops the token', async (t) => {
  const { server, alice, watch, storage } = await startWatching(t)
  await take(watch, 1)
  const error = rejection(t, watch.next())
  await new GuestlistClient({ baseUrl: server.url, token: alice.token }).logout()
  t.is((await error).code, 'session_ended')
  t.is(await storage.get(), null)
})

test('a watch of somebody who signs out by the same client ends as a request would', async (t) => {
  const { client, watch } = await startWatching(t)
  await take(watch, 1)
  const error = rejection(t, watch.next())
  await client.logout()
  t.true(['token_missing', 'session_ended'].includes((await error).code))
})
