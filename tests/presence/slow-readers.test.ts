import { randomUUID } from 'node:crypto'
import { get } from 'node:http'
import { connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import test, { type ExecutionContext } from 'ava'
import { Presence } from '../../server/presence/presence.ts'
import { PresenceFeed } from '../../server/presence/presence-feed.ts'
import { registerPerson } from '../helpers/people.ts'
import { longTokens } from '../helpers/presence.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const path = '/api/auth/presence/stream'

/** Opens the stream, and never reads a byte of it. */
function openWithoutReading(t: ExecutionContext, server: TestServer, token: string): void {
  const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1' })
  t.teardown(() => socket.destroy())
  socket.on('error', () => {}).pause()
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`)
}

/** Opens the stream, and counts the events in it without keeping them. */
function openAndCount(t: ExecutionContext, server: TestServer, token: string): { events: number } {
  const seen = { events: 0 }
  const request = get(server.url + path, { headers: { authorization: `Bearer ${token}` }, agent: false }, (answer) => {
    answer
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        // Once an event, and in nothing else of it.
        for (const byte of chunk) if (byte === 0x7d) seen.events += 1
      })
  })
  request.on('error', () => {})
  t.teardown(() => request.destroy())
  return seen
}

/** Somebody comes and goes, so many times. */
function comeAndGo({ auth }: TestServer, times: number): void {
  const { presence, newId } = auth.deps
  const somebody = { id: newId(), userId: newId() }
  for (let count = 0; count < times; count += 1) {
    presence.mark(somebody, undefined, presence.nextArrival())
    presence.disconnect(somebody)
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** The least of a few: what is on its way out may still be counted once. */
async function memoryInUse(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  let least = Number.POSITIVE_INFINITY
  for (let look = 0; look < 5; look += 1) {
    await turn()
    collect()
    const { heapUsed, external } = process.memoryUsage()
    least = Math.min(least, heapUsed + external)
  }
  return least
}

test.serial(
  'a reader who never reads costs no memory, is dropped, and keeps nobody else from the events',
  async (t) => {
    const server = await startServer(t, { settings: longTokens })
    const { token } = await registerPerson(server)
    const { presenceStreams } = server.auth.deps
    const reader = openAndCount(t, server, token)
    openWithoutReading(t, server, token)
    while (presenceStreams.count < 2 || reader.events < 1) await turn()
    const changes = async (times: number) => {
      comeAndGo(server, times / 2)
      const all = reader.events + times
      while (reader.events < all) await turn()
    }
    await changes(10_000)
    const before = await memoryInUse()
    for (let round = 0; round < 20; round += 1) await changes(9000)
    const grown = (await memoryInUse()) - before
    t.true(grown < 8_000_000, `as much as before, though 30 MB were not read: ${grown} bytes more`)
    t.is(presenceStreams.count, 1, 'the one who never reads was dropped')
  },
)

test.serial('a reader who takes nothing for half a minute is dropped, before it has missed anything', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const { token } = await registerPerson(server)
  const { presenceStreams } = server.auth.deps
  openWithoutReading(t, server, token)
  const reader = openAndCount(t, server, token)
  while (presenceStreams.count < 2 || reader.events < 1) await turn()
  let rounds = 0
  // Both sides of a connection take in a few megabytes before they say no: so many rounds. Half a minute is eight of them, and
  // fewer changes than are kept.
  for (let round = 0; round < 200 && presenceStreams.count > 1; round += 1) {
    const all = reader.events + 1200
    comeAndGo(server, 600)
    while (reader.events < all) await turn()
    server.clock.advance(4000)
    await server.auth.beat()
    await turn()
    rounds += 1
  }
  t.is(presenceStreams.count, 1)
  t.true(rounds > 4, 'not at once')
  t.true(server.auth.deps.presenceFeed.head < 200_000)
})

test.serial('a reader who was away is given what it missed in small parts, not all at once', async (t) => {
  const presence = new Presence(() => 0, 60_000)
  const feed = new PresenceFeed(presence, 'feed')
  const somebody = { id: randomUUID(), userId: randomUUID() }
  for (let count = 0; count < 500; count += 1) {
    presence.mark(somebody, undefined, presence.nextArrival())
    presence.disconnect(somebody)
  }
  const numbers: number[] = []
  let text = ''
  for (let number = 3; number < feed.head; ) {
    const part = feed.read(number)
    t.true(part.text.length < 20_000)
    numbers.push(part.number)
    text += part.text
    number = part.number
  }
  t.is(numbers.length, 10)
  t.is(text.split('\nevent: o').length - 1, 997, 'each of them once')
  t.is(feed.read(feed.head).text, '')
})

test.serial('a reader whose session has ended, and who takes not even that, is cut off', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const { token } = await registerPerson(server)
  const { presenceStreams } = server.auth.deps
  openWithoutReading(t, server, token)
  const watcher = await registerPerson(server, 'bob')
  const reader = openAndCount(t, server, watcher.token)
  while (presenceStreams.count < 2 || reader.events < 1) await turn()
  for (let round = 0; round < 100 && presenceStreams.count > 1; round += 1) {
    const all = reader.events + 1000
    comeAndGo(server, 500)
    while (reader.events < all) await turn()
    if (round === 60) await server.request('POST', '/api/auth/logout', { token })
    if (round > 60) {
      server.clock.advance(10_000)
      await server.auth.beat()
    }
    await turn()
  }
  t.is(presenceStreams.count, 1)
})
