import test from 'ava'
import { GuestlistClient, type GuestlistClientOptions } from '../src/index.ts'
import { alice, ok } from './helpers/answers.ts'
import { startTestServer } from './helpers/test-server.ts'

test('an address that no request can go to is refused, and not repeated', (t) => {
  const addresses = ['', 'localhost:3000', '/api', 'ftp://example.com', 'https://u:secret@example.com', 'http://']
  for (const baseUrl of [...addresses, 'http://a/?secret', 'http://a/#secret', undefined, null, 7] as string[]) {
    const error = t.throws(() => new GuestlistClient({ baseUrl }), { instanceOf: TypeError, message: /^baseUrl/ })
    t.false(error?.message.includes('secret'))
  }
})

test('a slash at the end of the address does not matter, a path before it does', async (t) => {
  const server = await startTestServer(t, () => ok(alice))
  for (const end of ['', '/', '//', '/auth-server', '/auth-server/']) {
    await new GuestlistClient({ baseUrl: server.baseUrl + end }).getConfig()
  }
  t.deepEqual(
    server.requests.map(({ path }) => path),
    [...Array(3).fill('/api/auth/config'), ...Array(2).fill('/auth-server/api/auth/config')],
  )
})

const wrong: [name: string, options: object | null | undefined][] = [
  ['no options', undefined],
  ['null', null],
  ['a timeout of 0', { timeout: 0 }],
  ['a negative timeout', { timeout: -1 }],
  ['half a millisecond', { timeout: 0.5 }],
  ['a timeout that timers cannot count', { timeout: 2 ** 31 }],
  ['a timeout that is no number', { timeout: '30s' }],
  ['fewer retries than none', { maxRetries: -1 }],
  ['half a retry', { maxRetries: 0.5 }],
  ['eleven retries', { maxRetries: 11 }],
  ['retries that are no number', { maxRetries: '2' }],
  ['a token that is no string', { token: 7 }],
  ['an empty token', { token: '' }],
  ['a token of null', { token: null }],
  ['a fetch that is no function', { fetch: 'fetch' }],
  ['a storage of null', { storage: null }],
  ['a storage without its functions', { storage: { getItem: () => null } }],
]

for (const [name, options] of wrong) {
  test(`${name} is refused`, (t) => {
    const given = options && { baseUrl: 'http://localhost:3000', ...options }
    t.throws(() => new GuestlistClient(given as GuestlistClientOptions), { instanceOf: TypeError })
  })
}

test('options that are undefined are as good as left out', async (t) => {
  const server = await startTestServer(t, () => ok(alice))
  const { baseUrl } = server
  const nothing = { token: undefined, fetch: undefined, storage: undefined, timeout: undefined, maxRetries: undefined }
  t.deepEqual(await new GuestlistClient({ baseUrl, ...nothing }).getMe(), alice)
})

test('a given fetch is called with the address, no cookies, no cache, no redirects and a signal', async (t) => {
  const calls: [string, RequestInit][] = []
  const client = new GuestlistClient({
    baseUrl: 'http://localhost:3000',
    fetch: async (...call) => {
      calls.push(call)
      return Response.json(alice)
    },
  })
  t.deepEqual(await client.getMe(), alice)
  const [url, init] = calls[0] ?? []
  t.is(url, 'http://localhost:3000/api/auth/me')
  t.is(init?.credentials, 'omit')
  t.is(init?.cache, 'no-store')
  t.is(init?.redirect, 'error')
  t.true(init?.signal instanceof AbortSignal)
  t.deepEqual(Object.keys(init?.headers ?? {}), ['Accept'])
})
