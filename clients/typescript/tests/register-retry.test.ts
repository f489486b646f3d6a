import test from 'ava'
import { GuestlistClient } from '../src/index.ts'
import { alice, ok, problem } from './helpers/answers.ts'
import { hastyClock } from './helpers/fake-clock.ts'
import { networkRejection, rejection } from './helpers/rejection.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const input = { email: 'alice@example.com', password: 'secure-password', username: 'alice', inviteCode: 'ABC123' }
const signedIn = ok({ token: makeToken(), user: alice })

test('a registration whose answer is lost is sent again with the same key', async (t) => {
  const server = await startTestServer(t, (_, count) => (count < 3 ? 'hang up' : signedIn))
  const pauses: number[] = []
  const client = new GuestlistClient({ baseUrl: server.baseUrl, clock: hastyClock(pauses) })
  t.deepEqual((await client.register(input)).user, alice)
  const keys = server.requests.map(({ headers }) => headers['idempotency-key'])
  t.is(keys.length, 3)
  t.is(new Set(keys).size, 1)
  t.is(new Set(server.requests.map(({ body }) => body)).size, 1)
  t.is(pauses.length, 2)
})

test('a registration is given up after three lost answers', async (t) => {
  const server = await startTestServer(t, () => 'hang up')
  const client = new GuestlistClient({ baseUrl: server.baseUrl, clock: hastyClock() })
  t.is((await networkRejection(t, client.register(input))).code, 'network_error')
  t.is(server.requests.length, 3)
})

test('a registration that times out is sent again', async (t) => {
  const server = await startTestServer(t, (_, count) => (count < 2 ? 'never' : signedIn))
  const client = new GuestlistClient({ baseUrl: server.baseUrl, timeout: 500, clock: hastyClock() })
  t.deepEqual((await client.register(input)).user, alice)
  t.is(server.requests.length, 2)
})

test('a registration that was answered is not sent again', async (t) => {
  for (const answer of [problem(409, 'username_taken'), problem(500, 'internal_error')]) {
    const server = await startTestServer(t, () => answer)
    const client = new GuestlistClient({ baseUrl: server.baseUrl, clock: hastyClock() })
    await rejection(t, client.register(input))
    t.is(server.requests.length, 1)
  }
})

test('each registration has a key of its own', async (t) => {
  const server = await startTestServer(t, () => signedIn)
  const client = new GuestlistClient({ baseUrl: server.baseUrl })
  await client.register(input)
  await client.register(input)
  const [first, second] = server.requests.map(({ headers }) => headers['idempotency-key'])
  t.regex(String(first), /^[0-9a-f]{32}$/)
  t.not(first, second)
})

test('the key of a registration can be given', async (t) => {
  const server = await startTestServer(t, () => signedIn)
  const client = new GuestlistClient({ baseUrl: server.baseUrl })
  await client.register(input, { idempotencyKey: 'form-7' })
  t.is(server.requests[0]?.headers['idempotency-key'], 'form-7')
})

test('a key that no header can hold is refused before anything is sent', async (t) => {
  const server = await startTestServer(t, () => signedIn)
  const client = new GuestlistClient({ baseUrl: server.baseUrl })
  for (const idempotencyKey of ['', 'two words', 'ключ', 'a\r\nb', 'a'.repeat(256)]) {
    await t.throwsAsync(client.register(input, { idempotencyKey }), { instanceOf: TypeError })
  }
  t.is(server.requests.length, 0)
})
