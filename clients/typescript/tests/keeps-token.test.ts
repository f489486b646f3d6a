import test from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { alice, ok, problem } from './helpers/answers.ts'
import { rejection } from './helpers/rejection.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const token = makeToken()
const credentials = { email: 'alice@example.com', password: 'secure-password' }

test('the token of a login is sent from then on', async (t) => {
  const server = await startTestServer(t, () => ok({ token, user: alice }))
  const client = new GuestlistClient({ baseUrl: server.baseUrl })
  await client.getMe()
  await client.login(credentials)
  await client.getMe()
  t.deepEqual(
    server.requests.map((request) => request.token),
    [null, null, token],
  )
})

test('the token of a registration is sent from then on', async (t) => {
  const server = await startTestServer(t, () => ok({ token, user: alice }))
  const client = new GuestlistClient({ baseUrl: server.baseUrl })
  await client.register({ ...credentials, username: 'alice', inviteCode: 'ABC123' })
  await client.getMe()
  t.is(server.requests[1]?.token, token)
})

test('a refused login leaves the stored token alone', async (t) => {
  const server = await startTestServer(t, () => problem(401, 'invalid_credentials'))
  const storage = memoryStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token, storage })
  t.is((await rejection(t, client.login(credentials))).code, 'invalid_credentials')
  t.is(await storage.get(), token)
})

test('an answer to a login without a token is refused and nothing is stored', async (t) => {
  const server = await startTestServer(t, () => ok({ user: alice }))
  const storage = memoryStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, storage })
  t.is((await rejection(t, client.login(credentials))).code, 'invalid_answer')
  t.is(await storage.get(), null)
})

test('the token option replaces the token in storage', async (t) => {
  const storage = memoryStorage()
  storage.set(makeToken({ sub: 'bob' }))
  const server = await startTestServer(t, () => ok(alice))
  await new GuestlistClient({ baseUrl: server.baseUrl, token, storage }).getMe()
  t.is(server.requests[0]?.token, token)
  t.is(await storage.get(), token)
})

test('something else found under the storage key is not sent as a token', async (t) => {
  const storage = memoryStorage()
  storage.set('two\nlines')
  const server = await startTestServer(t, () => ok(alice))
  await new GuestlistClient({ baseUrl: server.baseUrl, storage }).getMe()
  t.is(server.requests[0]?.token, null)
})
