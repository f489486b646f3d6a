import test, { type ExecutionContext } from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { alice, ok, problem } from './helpers/answers.ts'
import { rejection } from './helpers/rejection.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { type Answer, startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'
import { memoryArea, replaceProperty } from './helpers/web-platform.ts'

const returnTo = 'http://localhost:5173/'
const newcomer = makeToken({ sub: 'alice', sid: 'new-session' })

/** A server whose flows have the secrets `secret 1`, `secret 2` and so on. */
async function startFlowServer(
  t: ExecutionContext,
  exchange: () => Answer = () => ok({ token: newcomer, user: alice }),
) {
  let flows = 0
  return await startTestServer(t, ({ path }) => {
    if (path === '/api/auth/oauth/token') return exchange()
    flows += 1
    return ok({ authorizationUrl: 'https://id.example/authorize', flowSecret: `secret ${flows}` })
  })
}

const secretsOf = ({ requests }: Awaited<ReturnType<typeof startTestServer>>) =>
  requests.filter(({ path }) => path === '/api/auth/oauth/token').map(({ body }) => JSON.parse(body).flowSecret)

test.serial(
  'a code is exchanged with the secret of the latest flow, which is then forgotten; the token is kept',
  async (t) => {
    const server = await startFlowServer(t)
    const storage = memoryStorage()
    const client = new GuestlistClient({ baseUrl: server.baseUrl, storage })
    await client.loginWithOAuth('github', { returnTo })
    t.like(await client.loginWithOAuth('github', { returnTo }), { flowSecret: 'secret 2' })
    t.like(await client.completeOAuth('code'), { token: newcomer })
    t.is(await storage.get(), newcomer)
    await client.completeOAuth('code')
    await client.completeOAuth('code', { flowSecret: 'another' })
    t.deepEqual(secretsOf(server), ['secret 2', '', 'another'])
  },
)

test.serial('the secret outlives the page in the storage of its tab, for each server its own', async (t) => {
  const area = memoryArea()
  replaceProperty(t, globalThis, 'sessionStorage', area)
  replaceProperty(t, globalThis, 'location', { href: returnTo })
  const [server, other] = [await startFlowServer(t), await startFlowServer(t)]
  await new GuestlistClient({ baseUrl: server.baseUrl }).loginWithOAuth('github', { returnTo })
  await new GuestlistClient({ baseUrl: other.baseUrl }).completeOAuth('code')
  await new GuestlistClient({ baseUrl: server.baseUrl }).completeOAuth('code')
  await new GuestlistClient({ baseUrl: server.baseUrl }).completeOAuth('code')
  t.deepEqual(secretsOf(other), [''])
  t.deepEqual(secretsOf(server), ['secret 1', ''])
})

test.serial('two clients of one process keep a secret each, also where the process has web storage', async (t) => {
  replaceProperty(t, globalThis, 'sessionStorage', memoryArea())
  const server = await startFlowServer(t)
  const [one, other, third] = [1, 2, 3].map(() => new GuestlistClient({ baseUrl: server.baseUrl }))
  await one?.loginWithOAuth('github', { returnTo })
  await other?.loginWithOAuth('github', { returnTo })
  await one?.completeOAuth('code')
  await other?.completeOAuth('code')
  await third?.completeOAuth('code')
  t.deepEqual(secretsOf(server), ['secret 1', 'secret 2', ''])
})

test.serial('where a page may not use its storage the secret is in memory', async (t) => {
  const forbidden = { get: () => Promise.reject(new Error('not here')) }
  Object.defineProperty(globalThis, 'sessionStorage', {
    ...forbidden,
    configurable: true,
    get: () => {
      throw new DOMException('no', 'SecurityError')
    },
  })
  t.teardown(() => Reflect.deleteProperty(globalThis, 'sessionStorage'))
  const server = await startFlowServer(t)
  const client = new GuestlistClient({ baseUrl: server.baseUrl })
  await client.loginWithOAuth('github', { returnTo })
  await client.completeOAuth('code')
  t.deepEqual(secretsOf(server), ['secret 1'])
})

test.serial('the secret stays while the flow does, and goes with it', async (t) => {
  const answers = [
    problem(401, 'token_missing'),
    problem(503, 'overloaded'),
    problem(403, 'oauth_failed'),
    ok({ token: newcomer, user: alice }),
  ]
  const server = await startFlowServer(t, () => answers.shift() as Answer)
  const client = new GuestlistClient({ baseUrl: server.baseUrl, maxRetries: 0 })
  await client.loginWithOAuth('github', { returnTo })
  const codes = []
  for (let left = 3; left > 0; left -= 1) codes.push((await rejection(t, client.completeOAuth('code'))).code)
  t.deepEqual(codes, ['token_missing', 'overloaded', 'oauth_failed'])
  await client.completeOAuth('code')
  t.deepEqual(secretsOf(server), ['secret 1', 'secret 1', 'secret 1', ''])
})

test.serial('a token that is dead hinders nobody from signing in', async (t) => {
  const server = await startFlowServer(t)
  const storage = memoryStorage()
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken({ sid: 'ended' }), storage })
  await client.loginWithOAuth('github', { returnTo })
  await client.completeOAuth('code')
  t.is(await storage.get(), newcomer)
  t.is(server.requests.at(-1)?.token, makeToken({ sid: 'ended' }))
})

test.serial(
  'a link with an expired token refreshes it, asks again, and keeps the token that is answered',
  async (t) => {
    const fresh = `${makeToken({ gen: 2 })}AAAA`
    const server = await startSessionServer(t, ({ path, token }) =>
      path === '/api/auth/oauth/token' && token === makeToken({ gen: 2 })
        ? ok({ token: fresh, user: alice })
        : undefined,
    )
    const storage = memoryStorage()
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken(), storage })
    await client.completeOAuth('code', { flowSecret: 'secret' })
    t.deepEqual(
      server.of('POST /oauth/token').map(({ token }) => token),
      [makeToken(), makeToken({ gen: 2 })],
    )
    t.is(await storage.get(), fresh)
  },
)

test.serial('a link that is answered after a later refresh, or a logout, brings no older token back', async (t) => {
  for (const stored of [null, makeToken({ gen: 4 })]) {
    const storage = memoryStorage()
    const server = await startTestServer(t, () => {
      if (stored === null) storage.remove()
      else storage.set(stored)
      return ok({ token: makeToken({ gen: 2 }), user: alice })
    })
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken(), storage })
    await client.completeOAuth('code', { flowSecret: 'secret' })
    t.is(await storage.get(), stored)
  }
})

test.serial('an answer that begins nothing is an invalid_answer', async (t) => {
  const server = await startTestServer(t, () => ok({ authorizationUrl: 'https://id.example/' }))
  const client = new GuestlistClient({ baseUrl: server.baseUrl })
  t.is((await rejection(t, client.loginWithOAuth('github', { returnTo }))).code, 'invalid_answer')
})

test.serial('without a page the address to return to is required, and nothing is sent', async (t) => {
  const server = await startFlowServer(t)
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken() })
  await t.throwsAsync(client.loginWithOAuth('github'), { instanceOf: TypeError, message: /returnTo is required/ })
  await t.throwsAsync(client.linkOAuthAccount('github'), { instanceOf: TypeError, message: /returnTo is required/ })
  t.is(await client.completeOAuthReturn(), undefined)
  t.is(server.requests.length, 0)
})

test.serial(
  'a page comes back to itself, and its code is taken out of the address before it is exchanged',
  async (t) => {
    const server = await startFlowServer(t)
    const page = { href: 'https://chat.example/room?id=7&oauth_code=of%20before#top' }
    const replaced: unknown[] = []
    replaceProperty(t, globalThis, 'location', page)
    replaceProperty(t, globalThis, 'history', {
      state: { kept: true },
      replaceState: (...call: unknown[]) => replaced.push(call),
    })
    const client = new GuestlistClient({ baseUrl: server.baseUrl })
    await client.loginWithOAuth('github')
    t.is(JSON.parse(server.requests[0]?.body ?? '').returnTo, 'https://chat.example/room?id=7#top')

    page.href = 'https://chat.example/room?id=7&oauth_code=abc#top'
    t.like(await client.completeOAuthReturn(), { token: newcomer })
    t.deepEqual(replaced, [[{ kept: true }, '', 'https://chat.example/room?id=7#top']])
    t.deepEqual(JSON.parse(server.requests[1]?.body ?? ''), { code: 'abc', flowSecret: 'secret 1' })
  },
)
