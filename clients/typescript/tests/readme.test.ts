import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { GuestlistClient } from '@guestlist/client'
import { createVerifier } from '@guestlist/client/verify'
import test, { type ExecutionContext } from 'ava'
import express from 'express'
import { linkAccount, linkedIds } from '../../../tests/helpers/oauth-accounts.ts'
import { logIn, registerPerson } from '../../../tests/helpers/people.ts'
import { makeResetCodeFor } from '../../../tests/helpers/reset-codes.ts'
import { startServer, type TestServer } from '../../../tests/helpers/start-server.ts'
import { startGuestlist } from '../src/testing/index.ts'
import { alice, noContent, ok, problem } from './helpers/answers.ts'
import { readmeBlock, readmeBlocks } from './helpers/readme.ts'
import { runBlock } from './helpers/run-block.ts'
import { type Answer, startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'
import { memoryArea, replaceProperty } from './helpers/web-platform.ts'

interface Scene {
  readonly server: TestServer
  /** Signed in as alice. */
  readonly client: GuestlistClient
  readonly id: string
}

async function signIn(t: ExecutionContext): Promise<Scene> {
  const server = await startServer(t)
  await server.mintInvite(undefined, { code: 'ABC123' })
  const { token, user } = await registerPerson(server)
  return { server, client: new GuestlistClient({ baseUrl: server.url, token }), id: user.id }
}

/** Runs a block by a client of a server that gives these answers; answers what was asked, and what the block returns. */
async function runScripted(
  t: ExecutionContext,
  block: string,
  answers: Record<string, Answer>,
  returned?: string,
): Promise<{ asked: string[]; said: unknown }> {
  const asked: string[] = []
  const { baseUrl } = await startTestServer(t, ({ method, path, body }) => {
    const operation = `${method} ${path.replace('/api/auth', '')}`
    asked.push(`${operation} ${body}`.trim())
    return answers[operation] ?? noContent
  })
  const client = new GuestlistClient({ baseUrl, token: makeToken() })
  const given = { client, GuestlistClient }
  return { said: await runBlock(block.replace('http://localhost:3000', baseUrl), given, returned), asked }
}

const flow = { authorizationUrl: 'https://id.example/authorize', flowSecret: 'secret' }
const robot = { ...alice, id: 'bot-1', isBot: true }

/** What each block of the README does, by a text that only it holds. */
const cases: Record<string, (t: ExecutionContext, block: string) => Promise<void>> = {
  'const client = new GuestlistClient({ baseUrl: ': async (t, block) => {
    const { url } = await startServer(t)
    const client = await runBlock(block.replace('http://localhost:3000', url), {}, 'client')
    t.true((await (client as GuestlistClient).getConfig()).registration.inviteRequired)
  },
  'client.register({\n': async (t, block) => {
    const server = await startServer(t)
    await server.mintInvite(1, { code: 'ABC123' })
    const client = new GuestlistClient({ baseUrl: server.url })
    t.deepEqual(await runBlock(block, { client }, 'user'), await client.getMe())
  },
  'client.login({': async (t, block) => {
    const { server, id } = await signIn(t)
    const client = new GuestlistClient({ baseUrl: server.url })
    t.like(await runBlock(block, { client }, 'user'), { id })
  },
  'client.getMe()': async (t, block) => {
    const { client, id } = await signIn(t)
    t.like(await runBlock(block, { client }, 'me'), { id, username: 'alice' })
  },
  'client.updateProfile({': async (t, block) => {
    const { client } = await signIn(t)
    const changed = { displayName: 'New Name', avatarUrl: 'https://example.com/avatar.png' }
    t.like(await runBlock(block, { client }, 'updated'), changed)
  },
  'client.getUserProfile(': async (t, block) => {
    const { client, id } = await signIn(t)
    t.like(await runBlock(block.replace('user-id', id), { client }, 'profile'), { id, presence: { status: 'online' } })
  },
  'client.listOAuthAccounts()': async (t, block) => {
    const { server, client, id } = await signIn(t)
    const link = linkAccount(server, id)
    t.like(await runBlock(block, { client }, 'accounts[0]'), { id: link.id, provider: 'github' })
  },
  'client.unlinkOAuthAccount(': async (t, block) => {
    const { server, client, id } = await signIn(t)
    await runBlock(block.replace('account-id', linkAccount(server, id).id), { client })
    t.deepEqual(linkedIds(server), [])
  },
  'client.disconnect()': async (t, block) => {
    const { server, client, id } = await signIn(t)
    const bob = new GuestlistClient({ baseUrl: server.url, token: (await registerPerson(server, 'bob')).token })
    await client.getMe()
    t.is((await bob.getUserProfile(id)).presence.status, 'online')
    await runBlock(block, { client })
    t.is((await bob.getUserProfile(id)).presence.status, 'offline')
  },
  'client.logout()': async (t, block) => {
    const { client } = await signIn(t)
    await runBlock(block, { client })
    await t.throwsAsync(client.getMe(), { code: 'token_missing' })
  },
  'client.getConfig()': async (t, block) => {
    const { server } = await signIn(t)
    const code = await makeResetCodeFor(server)
    const client = new GuestlistClient({ baseUrl: server.url })
    const said = await runBlock(block.replace('code-from-the-operator', code), { client }, '[password, usesLeft]')
    t.deepEqual(said, [{ minLength: 15, maxLength: 128 }, null])
    t.is((await logIn(server, 'alice', 'another-secure-password')).status, 200)
  },
  'client.register(form)': async (t, block) => {
    const { server, client } = await signIn(t)
    const shown: unknown[] = []
    const show = (text: unknown) => shown.push(text)
    const form = { email: 'bob@example.com', password: 'secure-password', username: 'bob', inviteCode: 'ABC124' }
    await runBlock(block, { client, form, show, showFields: show })
    await runBlock(block, { client, form: { ...form, username: '-' }, show, showFields: show })
    await server.stop()
    const away = new GuestlistClient({ baseUrl: server.url, maxRetries: 0 })
    await runBlock(block, { client: away, form, show, showFields: show })
    const [detail, fields, ...rest] = shown
    t.regex(String(detail), /invite/)
    t.like(fields, [{ path: 'username' }])
    t.deepEqual(rest, ['The server cannot be reached.'])
  },
  'client.refreshToken()': async (t, block) => {
    const { server, client, id } = await signIn(t)
    const token = (await runBlock(block, { client }, 'token')) as string
    t.like(await new GuestlistClient({ baseUrl: server.url, token }).getMe(), { id })
  },
  'webStorage(() => localStorage)': async (t, block) => {
    const { server } = await signIn(t)
    const localStorage = memoryArea()
    const client = await runBlock(block, { baseUrl: server.url, localStorage }, 'client')
    const { token } = await (client as GuestlistClient).login({
      email: 'alice@example.com',
      password: 'secure-password',
    })
    t.is(localStorage.getItem('guestlist.token'), token)
  },
  'const storage: TokenStorage': async (t, block) => {
    const { server } = await signIn(t)
    const kept = new Map<string, string>()
    const keychain = {
      read: (name: string) => kept.get(name) ?? null,
      write: (name: string, token: string) => void kept.set(name, token),
      delete: (name: string) => void kept.delete(name),
    }
    const storage = (await runBlock(block, { keychain }, 'storage')) as never
    const client = new GuestlistClient({ baseUrl: server.url, storage })
    const { token } = await client.login({ email: 'alice@example.com', password: 'secure-password' })
    t.deepEqual([...kept], [['guestlist', token]])
    await client.logout()
    t.is(kept.size, 0)
  },
  'client.listSessions()': async (t, block) => {
    const sessions = [
      { id: '1', isCurrent: true },
      { id: '2', isCurrent: false },
    ]
    const { asked } = await runScripted(t, block, { 'GET /sessions': ok(sessions) })
    t.deepEqual(asked, ['GET /sessions', 'DELETE /sessions/2'])
  },
  "client.logout({ scope: 'others' })": async (t, block) => {
    t.deepEqual((await runScripted(t, block, {})).asked, ['POST /logout {"scope":"others"}'])
  },
  'client.getAccount()': async (t, block) => {
    const account = { email: 'alice@example.com', signInMethods: ['password'] }
    const { said } = await runScripted(t, block, { 'GET /account': ok(account) }, '({ email, signInMethods })')
    t.deepEqual(said, account)
  },
  'client.changePassword({': async (t, block) => {
    const answers = {
      'PATCH /account': ok({}),
      'POST /password': ok({ token: makeToken({ gen: 2 }) }),
      'GET /me': ok(alice),
    }
    t.deepEqual((await runScripted(t, block, answers)).asked, [
      'PATCH /account {"email":"alice@example.org","currentPassword":"secure-password"}',
      'POST /password {"currentPassword":"secure-password","newPassword":"another-secure-password"}',
      'GET /me',
    ])
  },
  'client.requestPasswordReset(': async (t, block) => {
    const { asked } = await runScripted(t, block, {})
    t.deepEqual(asked, ['POST /password/forgot {"email":"alice@example.com"}'])
  },
  'client.deleteAccount()': async (t, block) => {
    t.deepEqual((await runScripted(t, block, {})).asked, ['DELETE /me'])
  },
  'client.listOAuthProviders()': async (t, block) => {
    const providers = [{ name: 'github', label: 'GitHub' }]
    t.deepEqual((await runScripted(t, block, { 'GET /oauth/providers': ok(providers) }, 'providers')).said, providers)
  },
  'button.onclick': async (t, block) => {
    const { baseUrl, requests } = await startTestServer(t, () => ok(flow))
    const button: { onclick?: () => Promise<void> } = {}
    const left: string[] = []
    const location = { assign: (address: string) => left.push(address) }
    const client = new GuestlistClient({ baseUrl })
    replaceProperty(t, globalThis, 'location', { href: 'https://chat.example/' })
    await runBlock(block, { client, button, location, inviteCode: 'ABC123', username: 'alice' })
    await button.onclick?.()
    t.deepEqual(left, [flow.authorizationUrl])
    t.like(JSON.parse(requests[0]?.body ?? ''), { returnTo: 'https://chat.example/', inviteCode: 'ABC123' })
  },
  'client.completeOAuthReturn()': async (t, block) => {
    const answers = [ok({ token: makeToken(), user: alice }), problem(403, 'oauth_failed')]
    const { baseUrl } = await startTestServer(t, () => answers.shift() as Answer)
    const shown: string[] = []
    const show = (text: string) => shown.push(text)
    replaceProperty(t, globalThis, 'history', { replaceState: () => undefined })
    replaceProperty(t, globalThis, 'location', { href: 'https://chat.example/?oauth_code=abc' })
    for (const _ of answers.slice()) await runBlock(block, { client: new GuestlistClient({ baseUrl }), show })
    t.is(shown[0], `Welcome, ${alice.displayName}`)
    t.is(shown.length, 2)
  },
  'client.linkOAuthAccount(': async (t, block) => {
    replaceProperty(t, globalThis, 'location', { href: 'https://chat.example/' })
    const answers = { 'POST /oauth/discord/link': ok(flow) }
    t.is((await runScripted(t, block, answers, 'authorizationUrl')).said, flow.authorizationUrl)
  },
  'client.createBot({': async (t, block) => {
    const answers = { 'POST /bots': { status: 201, body: { token: 'glb_1', bot: robot } }, 'GET /me': ok(robot) }
    const { said, asked } = await runScripted(t, block, answers, '[bot, await helper.getMe()]')
    t.deepEqual(said, [robot, robot])
    t.deepEqual(asked, ['POST /bots {"username":"helper","displayName":"Helper"}', 'GET /me'])
  },
  'client.rotateBotToken(': async (t, block) => {
    const answers = { 'GET /bots': ok([robot]), 'POST /bots/bot-1/token': ok({ token: 'glb_2', bot: robot }) }
    const { said, asked } = await runScripted(t, block, answers, 'newToken')
    t.is(said, 'glb_2')
    t.deepEqual(asked, ['GET /bots', 'POST /bots/bot-1/token {"expiresAt":"2099-01-01T00:00:00.000Z"}'])
  },
  'client.deleteBot(': async (t, block) => {
    t.deepEqual((await runScripted(t, block, {})).asked, ['DELETE /bots/bot-id'])
  },
  'client.startPresence()': async (t, block) => {
    const { client } = await signIn(t)
    const stop = (await runBlock(block, { client }, 'stop')) as () => void
    t.notThrows(stop)
  },
  'client.listPresence(': async (t, block) => {
    const answers = { 'GET /presence?limit=50': ok({ users: [alice], next: null }) }
    t.deepEqual((await runScripted(t, block, answers, '[users, next]')).said, [[alice], null])
  },
  'client.watchPresence(': async (t, block) => {
    const { server, client, id } = await signIn(t)
    const bob = await registerPerson(server, 'bob')
    const watching = new AbortController()
    const seen: string[][] = []
    const show = (here: Set<string>) => {
      seen.push([...here])
      if (seen.length === 1) void new GuestlistClient({ baseUrl: server.url, token: bob.token }).getMe()
      else watching.abort()
    }
    await runBlock(block, { client, signal: watching.signal, show })
    t.deepEqual(seen, [[id], [id, bob.user.id]])
  },
  'createVerifier({ issuer': async (t, block) => {
    await using guestlist = await startGuestlist()
    const { token, user } = await guestlist.loginAs('alice')
    const here = block.replace('http://localhost:3000', guestlist.issuer)
    t.is(await runBlock(here, { token }, 'userId'), user.id)
    await t.throwsAsync(runBlock(here, { token: `${token}A` }), { code: 'token_invalid' })
  },
  'app.get(': async (t, block) => {
    await using guestlist = await startGuestlist()
    const { token, user } = await guestlist.loginAs('alice')
    const app = express()
    await runBlock(block, { app, verifier: createVerifier({ issuer: guestlist.issuer }) })
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`
    const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } })
    t.deepEqual(await answer.json(), { userId: user.id, messages: [] })
    t.is((await fetch(url)).status, 401)
  },
  'startGuestlist()': async (t, block) => {
    const [me, user] = (await runBlock(block, {}, '[await client.getMe(), user]')) as object[]
    t.like(me, { username: 'alice' })
    t.deepEqual(me, user)
  },
}

for (const [holding, run] of Object.entries(cases)) {
  // Some give the process what a page has.
  test.serial(`the README's lines with ${holding.trim()} do what they say`, (t) => run(t, readmeBlock(holding)))
}

test('no block of the README is left out', (t) => {
  t.deepEqual(new Set(Object.keys(cases).map(readmeBlock)), new Set(readmeBlocks))
})
