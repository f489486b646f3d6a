import test from 'ava'
import { GuestlistClient, memoryStorage, type TokenStorage, webStorage } from '../src/index.ts'
import { alice, ok } from './helpers/answers.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const credentials = { email: 'alice@example.com', password: 'secure-password' }
const fail = () => {
  throw new DOMException('Not in private', 'SecurityError')
}
const broken: Record<string, TokenStorage> = {
  throws: { get: fail, set: fail, remove: fail },
  rejects: { get: async () => fail(), set: async () => fail(), remove: async () => fail() },
  'cannot be written to': { ...memoryStorage(), set: fail },
  'cannot even be touched': webStorage(fail),
}

for (const [name, storage] of Object.entries(broken)) {
  test(`signing in works with a storage that ${name}`, async (t) => {
    const server = await startTestServer(t, () => ok({ token: makeToken(), user: alice }))
    const client = new GuestlistClient({ baseUrl: server.baseUrl, storage })
    await client.login(credentials)
    await client.getMe()
    t.is(server.requests[1]?.token, makeToken())
    await client.logout()
    await client.getMe()
    t.is(server.requests.at(-1)?.token, null)
  })

  test(`refreshing works with a storage that ${name}`, async (t) => {
    const server = await startSessionServer(t)
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken(), storage })
    await Promise.all([client.getMe(), client.getMe()])
    await client.getMe()
    t.is(server.refreshes(), 1)
    t.is(server.requests.at(-1)?.token, makeToken({ gen: 2 }))
  })
}

test('a storage that recovers is used again', async (t) => {
  const storage = memoryStorage()
  let full = true
  const set = (token: string) => (full ? fail() : storage.set(token))
  const server = await startSessionServer(t)
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken(), storage: { ...storage, set } })
  await client.getMe()
  t.is(await storage.get(), null)
  full = false
  const { token } = await client.refreshToken()
  t.is(await storage.get(), token)
})
