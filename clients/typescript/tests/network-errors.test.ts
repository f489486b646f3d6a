import test from 'ava'
import { GuestlistClient } from '../src/index.ts'
import { alice, ok } from './helpers/answers.ts'
import { networkRejection } from './helpers/rejection.ts'
import { startTestServer } from './helpers/test-server.ts'

test('a server that cannot be reached is a network_error with its cause', async (t) => {
  const server = await startTestServer(t, () => 'never')
  await server.close()
  const error = await networkRejection(t, new GuestlistClient({ baseUrl: server.baseUrl }).getConfig())
  t.is(error.name, 'GuestlistNetworkError')
  t.is(error.code, 'network_error')
  t.is(error.status, 0)
  t.true(error.cause instanceof Error)
})

test('a connection closed before the answer is a network_error', async (t) => {
  const server = await startTestServer(t, () => 'hang up')
  t.is((await networkRejection(t, new GuestlistClient({ baseUrl: server.baseUrl }).getConfig())).code, 'network_error')
})

test('an answer that breaks off is a network_error', async (t) => {
  const headers = { 'Content-Length': '100', Connection: 'close' }
  const server = await startTestServer(t, () => ({ status: 200, text: '{"id": ', headers }))
  t.is((await networkRejection(t, new GuestlistClient({ baseUrl: server.baseUrl }).getMe())).code, 'network_error')
})

test('a server that does not answer in time is a timeout', async (t) => {
  const server = await startTestServer(t, () => 'never')
  const error = await networkRejection(t, new GuestlistClient({ baseUrl: server.baseUrl, timeout: 20 }).getConfig())
  t.is(error.code, 'timeout')
  t.regex(error.message, /20 ms/)
})

test('a redirect is not followed', async (t) => {
  const elsewhere = await startTestServer(t, () => ok(alice))
  const server = await startTestServer(t, () => ({ status: 307, headers: { Location: elsewhere.baseUrl } }))
  t.is((await networkRejection(t, new GuestlistClient({ baseUrl: server.baseUrl }).getMe())).code, 'network_error')
  t.is(elsewhere.requests.length, 0)
})

test('a request that the given fetch gives up is aborted', async (t) => {
  const fetch = () => Promise.reject(new DOMException('Given up', 'AbortError'))
  const client = new GuestlistClient({ baseUrl: 'http://localhost:3000', fetch })
  t.is((await networkRejection(t, client.getMe())).code, 'aborted')
})

test('a fetch that throws, or answers something else, is a network_error', async (t) => {
  const throwing = () => {
    throw new Error('broken')
  }
  for (const fetch of [throwing, async () => undefined as unknown as Response]) {
    const client = new GuestlistClient({ baseUrl: 'http://localhost:3000', fetch })
    t.is((await networkRejection(t, client.getMe())).code, 'network_error')
  }
})
