import test from 'ava'
import { GuestlistClient, memoryStorage, type TokenStorage } from '../src/index.ts'
import { rejection } from './helpers/rejection.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { makeToken } from './helpers/tokens.ts'

const expired = makeToken()
const alsoExpired = makeToken({ gen: 7 })

/** A storage into which another tab writes just after this one has read the expired token. */
function sharedStorage(): TokenStorage {
  const storage = memoryStorage()
  storage.set(expired)
  const get = () => {
    const stored = storage.get()
    if (stored === expired) storage.set(alsoExpired)
    return stored
  }
  return { ...storage, get }
}

for (const call of ['getMe', 'refreshToken'] as const) {
  test(`${call} refreshes a token of another tab that has expired as well`, async (t) => {
    const server = await startSessionServer(t)
    const storage = sharedStorage()
    await new GuestlistClient({ baseUrl: server.baseUrl, storage })[call]()
    t.deepEqual(
      server.of('POST /refresh').map(({ token }) => token),
      [alsoExpired],
    )
    t.is(await storage.get(), makeToken({ gen: 2 }))
  })
}

test('a storage that answers another expired token each time keeps no request for ever', async (t) => {
  const server = await startSessionServer(t)
  let generation = 1
  const get = () => {
    generation += 1
    return makeToken({ gen: generation })
  }
  const client = new GuestlistClient({ baseUrl: server.baseUrl, storage: { ...memoryStorage(), get } })
  t.is((await rejection(t, client.getMe())).code, 'token_expired')
  t.is(server.of('GET /me').length, 4)
  t.is(server.refreshes(), 0)
})
