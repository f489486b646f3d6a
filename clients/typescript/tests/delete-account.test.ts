import test from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { alice, noContent, ok, problem } from './helpers/answers.ts'
import { fakeClock } from './helpers/fake-clock.ts'
import { rejection } from './helpers/rejection.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { type Answer, startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const token = makeToken()

test('deleteAccount drops the token and ends presence', async (t) => {
  const server = await startTestServer(t, ({ method }) => (method === 'DELETE' ? noContent : ok(alice)))
  const [storage, clock] = [memoryStorage(), fakeClock()]
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token, storage, clock })
  client.startPresence()
  await client.deleteAccount()
  t.is(await storage.get(), null)
  t.is(clock.running, 0)
})

test('deleteAccount with an expired token refreshes, and drops the token that came of it', async (t) => {
  const server = await startSessionServer(t)
  const storage = memoryStorage()
  await new GuestlistClient({ baseUrl: server.baseUrl, token, storage }).deleteAccount()
  t.deepEqual(
    server.of('DELETE /me').map((request) => request.token),
    [token, makeToken({ gen: 2 })],
  )
  t.is(await storage.get(), null)
})

const refusals: [answer: Answer, code: string][] = [
  [problem(403, 'reauthentication_required'), 'reauthentication_required'],
  [problem(401, 'token_invalid'), 'token_invalid'],
  ['hang up', 'network_error'],
]

test('an account that was not deleted, or of which nobody knows, keeps its token', async (t) => {
  for (const [answer, code] of refusals) {
    const server = await startTestServer(t, () => answer)
    const storage = memoryStorage()
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token, storage })
    t.is((await rejection(t, client.deleteAccount())).code as string, code)
    t.is(await storage.get(), token)
  }
})

test('a session that is over deletes nothing, and that is told', async (t) => {
  const server = await startTestServer(t, () => problem(401, 'session_ended'))
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token })
  t.is((await rejection(t, client.deleteAccount())).code, 'session_ended')
})
