import test from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { noContent, problem } from './helpers/answers.ts'
import { rejection } from './helpers/rejection.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const token = makeToken()

test('logout drops the token, and called again it does nothing', async (t) => {
  const server = await startTestServer(t, () => noContent)
  const storage = memoryStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token, storage })
  await client.logout()
  t.is(await storage.get(), null)
  await client.logout()
  t.is(server.requests.length, 1)
})

for (const code of ['session_ended', 'token_reused', 'token_invalid', 'token_missing']) {
  test(`logout succeeds and drops the token when the server answers ${code}`, async (t) => {
    const server = await startTestServer(t, () => problem(401, code))
    const storage = memoryStorage()
    await t.notThrowsAsync(new GuestlistClient({ baseUrl: server.baseUrl, token, storage }).logout())
    t.is(await storage.get(), null)
  })
}

test('logout with an expired token refreshes, signs out with the new one and drops that', async (t) => {
  const server = await startSessionServer(t)
  const storage = memoryStorage()
  await new GuestlistClient({ baseUrl: server.baseUrl, token, storage }).logout()
  t.deepEqual(
    server.of('POST /logout').map((request) => request.token),
    [token, makeToken({ gen: 2 })],
  )
  t.is(await storage.get(), null)
})

test('logout that is not answered, or not done, keeps the token', async (t) => {
  for (const answer of ['hang up', problem(503, 'overloaded'), { status: 401, text: 'Proxy says no' }] as const) {
    const server = await startTestServer(t, () => answer)
    const storage = memoryStorage()
    await rejection(t, new GuestlistClient({ baseUrl: server.baseUrl, token, storage, maxRetries: 0 }).logout())
    t.is(await storage.get(), token)
  }
})

test('logout leaves the token of another session that was stored meanwhile', async (t) => {
  const storage = memoryStorage()
  const newer = makeToken({ sid: 'session-2' })
  const server = await startTestServer(t, () => {
    storage.set(newer)
    return noContent
  })
  await new GuestlistClient({ baseUrl: server.baseUrl, token, storage }).logout()
  t.is(await storage.get(), newer)
})

test('two calls of logout at once both succeed', async (t) => {
  let ended = false
  const server = await startTestServer(t, () => {
    if (ended) return problem(401, 'session_ended')
    ended = true
    return noContent
  })
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token })
  await t.notThrowsAsync(Promise.all([client.logout(), client.logout()]))
})

test('logout of the others keeps the token, and tells when it was not done', async (t) => {
  const answers = [noContent, problem(401, 'token_invalid')]
  const server = await startTestServer(t, (_, count) => answers[count - 1] ?? noContent)
  const storage = memoryStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token, storage })
  await client.logout({ scope: 'others' })
  t.is(await storage.get(), token)
  t.is((await rejection(t, client.logout({ scope: 'others' }))).code, 'token_invalid')
  t.is(await storage.get(), token)
})

test('logout of all drops the token', async (t) => {
  const server = await startTestServer(t, () => noContent)
  const storage = memoryStorage()
  await new GuestlistClient({ baseUrl: server.baseUrl, token, storage }).logout({ scope: 'all' })
  t.is(await storage.get(), null)
})

test('logout of all by a session that is over is told, for the others may go on', async (t) => {
  const server = await startTestServer(t, (seen) =>
    problem(401, seen.token === null ? 'token_missing' : 'session_ended'),
  )
  const storage = memoryStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token, storage })
  t.is((await rejection(t, client.logout({ scope: 'all' }))).code, 'session_ended')
  t.is(await storage.get(), null)
  t.is((await rejection(t, client.logout({ scope: 'all' }))).code, 'token_missing')
})
