import test from 'ava'
import { registerPerson } from '../../../tests/helpers/people.ts'
import { startServer } from '../../../tests/helpers/start-server.ts'
import { GuestlistClient, type GuestlistError } from '../src/index.ts'
import { rejection } from './helpers/rejection.ts'

const credentials = { email: 'alice@example.com', password: 'secure-password' }

test('a limit of the real server is told with how long to wait, and the person stays signed in', async (t) => {
  const server = await startServer(t, { settings: { RATE_LIMITS: 'on' } })
  const { token } = await registerPerson(server)
  const client = new GuestlistClient({ baseUrl: server.url, token })
  let limited: GuestlistError | undefined
  for (let count = 0; count < 20 && limited === undefined; count += 1) {
    await client.login(credentials).catch((error) => {
      limited = error
    })
  }
  t.is(limited?.code, 'rate_limited')
  t.true(Number(limited?.retryAfter) > 10 && Number(limited?.retryAfter) <= 60)
  const refused = () => server.log().split('"status":429').length - 1
  t.is((await client.getMe()).username, 'alice')
  t.is(refused(), 1, 'it is not sent again before its time')
})

test('a registration that the real server answered into the void is asked for again, and burns one invite', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  let lost = 0
  const fetch = async (url: string, init: RequestInit) => {
    const response = await globalThis.fetch(url, init)
    if (lost++ > 0) return response
    await response.text()
    throw new TypeError('terminated')
  }
  const client = new GuestlistClient({ baseUrl: server.url, fetch })
  const { user } = await client.register({ ...credentials, username: 'alice', inviteCode })
  t.deepEqual(await client.getMe(), user)
  t.is(server.query('SELECT id FROM users').length, 1)
  const reused = client.register({ ...credentials, email: 'bob@example.com', username: 'bob', inviteCode })
  t.is((await rejection(t, reused)).code, 'invite_used_up')
})
