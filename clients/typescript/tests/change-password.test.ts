import test from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { alice, ok, problem } from './helpers/answers.ts'
import { gate } from './helpers/gate.ts'
import { rejection } from './helpers/rejection.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { type Answer, startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const token = makeToken()
const input = { currentPassword: 'secure-password', newPassword: 'another-secure-password' }

const startChange = async (t: Parameters<typeof startTestServer>[0], change: () => Answer | Promise<Answer>) => {
  const server = await startTestServer(t, ({ path }) => (path === '/api/auth/password' ? change() : ok(alice)))
  const storage = memoryStorage()
  return { server, storage, client: new GuestlistClient({ baseUrl: server.baseUrl, token, storage }) }
}

test('changePassword keeps the fresh token, and uses it at once', async (t) => {
  const { server, storage, client } = await startChange(t, () => ok({ token: makeToken({ gen: 2 }) }))
  t.deepEqual(await client.changePassword(input), { token: makeToken({ gen: 2 }) })
  t.is(await storage.get(), makeToken({ gen: 2 }))
  const seen = server.requests.map(({ method, path, token, body }) => [method, path, token, body])
  t.deepEqual(seen, [
    ['POST', '/api/auth/password', token, JSON.stringify(input)],
    ['GET', '/api/auth/me', makeToken({ gen: 2 }), ''],
  ])
})

test('changePassword with an expired token refreshes, and asks again with the fresh one', async (t) => {
  const server = await startSessionServer(t, ({ path, token }) =>
    path === '/api/auth/password' && token !== makeToken() ? ok({ token: makeToken({ gen: 3 }) }) : undefined,
  )
  server.fresh.add(makeToken({ gen: 3 }))
  const storage = memoryStorage()
  await new GuestlistClient({ baseUrl: server.baseUrl, token, storage }).changePassword(input)
  t.deepEqual(
    server.of('POST /password').map((request) => request.token),
    [token, makeToken({ gen: 2 })],
  )
  t.is(await storage.get(), makeToken({ gen: 3 }))
})

test('a wrong current password keeps the token, and is not taken for a refused one', async (t) => {
  const { server, storage, client } = await startChange(t, () => problem(401, 'invalid_credentials'))
  t.is((await rejection(t, client.changePassword(input))).code, 'invalid_credentials')
  t.is(await storage.get(), token)
  t.is(server.requests.length, 1)
})

test('an answer without a token is an invalid_answer, and keeps the one there is', async (t) => {
  const { storage, client } = await startChange(t, () => ok({}))
  t.is((await rejection(t, client.changePassword(input))).code, 'invalid_answer')
  t.is(await storage.get(), token)
})

test('a refresh that is answered after the change of password does not bring an older token back', async (t) => {
  const { passed, open } = gate()
  const server = await startSessionServer(t, async ({ path, token }) => {
    if (path === '/api/auth/password') return ok({ token: makeToken({ gen: 3 }) })
    if (path === '/api/auth/refresh') await passed
    return token === makeToken({ gen: 3 }) ? ok(alice) : undefined
  })
  const storage = memoryStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token, storage })
  const request = client.getMe()
  await server.seen(2)
  await client.changePassword(input)
  open()
  await request
  t.is(server.refreshes(), 1)
  t.is(await storage.get(), makeToken({ gen: 3 }))
})

test('a change of password that is answered after a later refresh leaves the later token', async (t) => {
  const { storage, client, server } = await startChange(t, () => {
    storage.set(makeToken({ gen: 4 }))
    return ok({ token: makeToken({ gen: 2 }) })
  })
  await client.changePassword(input)
  t.is(await storage.get(), makeToken({ gen: 4 }))
  t.is(server.requests.length, 1)
})

test('a change of password that is answered after a logout, or a login as somebody else, signs nobody in', async (t) => {
  for (const stored of [null, makeToken({ sub: 'bob', sid: 'session-2' })]) {
    const { storage, client, server } = await startChange(t, () => {
      if (stored === null) storage.remove()
      else storage.set(stored)
      return ok({ token: makeToken({ gen: 2 }) })
    })
    await client.changePassword(input)
    t.is(await storage.get(), stored)
    t.is(server.requests.length, 1)
  }
})

test('a session that ended while the password was changed is dropped', async (t) => {
  const server = await startTestServer(t, ({ path }) =>
    path === '/api/auth/password' ? ok({ token: makeToken({ gen: 2 }) }) : problem(401, 'session_ended'),
  )
  const storage = memoryStorage()
  await new GuestlistClient({ baseUrl: server.baseUrl, token, storage }).changePassword(input)
  t.is(await storage.get(), null)
})
