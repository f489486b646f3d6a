import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { GuestlistClient, memoryStorage, type TokenStorage } from '../src/index.ts'
import { alice, ok } from './helpers/answers.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

function slowStorage(): TokenStorage {
  const memory = memoryStorage()
  return {
    get: async () => {
      await setImmediate()
      return memory.get()
    },
    set: async (token) => {
      await setImmediate()
      memory.set(token)
    },
    remove: async () => {
      await setImmediate()
      memory.remove()
    },
  }
}

test('the first request waits for the given token to be stored', async (t) => {
  const server = await startTestServer(t, () => ok(alice))
  await new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken(), storage: slowStorage() }).getMe()
  t.is(server.requests[0]?.token, makeToken())
})

test('parallel requests over a slow storage make one refresh', async (t) => {
  const server = await startSessionServer(t)
  const storage = slowStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken(), storage })
  await Promise.all(Array.from({ length: 10 }, () => client.getMe()))
  t.is(server.refreshes(), 1)
  t.is(await storage.get(), makeToken({ gen: 2 }))
})

test('logging in resolves only when the token is stored', async (t) => {
  const server = await startTestServer(t, () => ok({ token: makeToken(), user: alice }))
  const storage = slowStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, storage })
  await client.login({ email: 'alice@example.com', password: 'secure-password' })
  t.is(await storage.get(), makeToken())
})
