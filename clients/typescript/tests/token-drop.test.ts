import test from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { problem } from './helpers/answers.ts'
import { rejection } from './helpers/rejection.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const token = makeToken()

for (const code of ['session_ended', 'token_reused']) {
  test(`a request answered ${code} drops the token`, async (t) => {
    const server = await startTestServer(t, () => problem(401, code))
    const storage = memoryStorage()
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token, storage })
    await rejection(t, client.getMe())
    t.is(await storage.get(), null)
  })
}

for (const [status, code] of [
  [401, 'token_invalid'],
  [401, 'token_missing'],
  [403, 'reauthentication_required'],
  [429, 'rate_limited'],
  [503, 'overloaded'],
] as const) {
  test(`a request answered ${code} keeps the token`, async (t) => {
    const server = await startTestServer(t, () => problem(status, code))
    const storage = memoryStorage()
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token, storage })
    await rejection(t, client.getMe())
    t.is(await storage.get(), token)
  })
}

test('a token stored while the request was under way is not dropped with the old one', async (t) => {
  const storage = memoryStorage()
  const newer = makeToken({ sid: 'session-2' })
  const server = await startTestServer(t, () => {
    storage.set(newer)
    return problem(401, 'session_ended')
  })
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token, storage })
  t.is((await rejection(t, client.getMe())).code, 'session_ended')
  t.is(await storage.get(), newer)
})
