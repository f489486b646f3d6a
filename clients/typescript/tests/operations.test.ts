import test from 'ava'
import { GuestlistClient } from '../src/index.ts'
import { noContent, ok } from './helpers/answers.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const signedIn = { token: makeToken(), user: { id: '1' } }
const registration = {
  email: 'alice@example.com',
  password: 'secure-password',
  username: 'alice',
  inviteCode: 'ABC123',
}
const profile = { displayName: 'New Name', avatarUrl: 'https://example.com/avatar.png' }
const email = { email: 'alice@example.org', currentPassword: 'secure-password' }
const robot = { username: 'robot', displayName: 'Robot', expiresAt: '2027-01-01T00:00:00.000Z' }
const bot = { token: 'glb_1', bot: { id: '2', username: 'robot' } }
const page = { users: [{ id: '1' }], next: null }
const returnTo = 'http://localhost:5173/'
const oauthStart = { authorizationUrl: 'https://id.example/authorize', flowSecret: 'secret' }
const reset = { code: 'R', password: 'another-password' }

type Call = (client: GuestlistClient) => Promise<unknown>
const operations: [rule: string, call: Call, request: string, auth: boolean, sent: unknown, answered: unknown][] = [
  ['getMe', (client) => client.getMe(), 'GET /me', true, undefined, { id: '1' }],
  ['updateProfile', (client) => client.updateProfile(profile), 'PATCH /me', true, profile, { id: '1' }],
  ['getUserProfile', (client) => client.getUserProfile('user-id'), 'GET /users/user-id', true, undefined, { id: '1' }],
  ['register', (client) => client.register(registration), 'POST /register', false, registration, signedIn],
  [
    'login',
    (client) => client.login({ email: 'alice@example.com', password: 'secure-password' }),
    'POST /login',
    false,
    { email: 'alice@example.com', password: 'secure-password' },
    signedIn,
  ],
  ['disconnect', (client) => client.disconnect(), 'POST /disconnect', true, undefined, undefined],
  ['listOAuthAccounts', (client) => client.listOAuthAccounts(), 'GET /oauth/accounts', true, undefined, [{ id: '1' }]],
  [
    'unlinkOAuthAccount',
    (client) => client.unlinkOAuthAccount('account-id'),
    'DELETE /oauth/accounts/account-id',
    true,
    undefined,
    undefined,
  ],
  [
    'listOAuthProviders',
    (client) => client.listOAuthProviders(),
    'GET /oauth/providers',
    false,
    undefined,
    [{ name: 'github', label: 'GitHub' }],
  ],
  [
    'loginWithOAuth',
    (client) => client.loginWithOAuth('github', { returnTo, inviteCode: 'ABC123', username: 'alice' }),
    'POST /oauth/github/login',
    false,
    { returnTo, inviteCode: 'ABC123', username: 'alice' },
    oauthStart,
  ],
  [
    'linkOAuthAccount',
    (client) => client.linkOAuthAccount('github', { returnTo }),
    'POST /oauth/github/link',
    true,
    { returnTo },
    oauthStart,
  ],
  [
    'completeOAuth',
    (client) => client.completeOAuth('code', { flowSecret: 'secret' }),
    'POST /oauth/token',
    true,
    { code: 'code', flowSecret: 'secret' },
    signedIn,
  ],
  ['logout', (client) => client.logout(), 'POST /logout', true, undefined, undefined],
  ['logout of this', (client) => client.logout({ scope: 'this' }), 'POST /logout', true, undefined, undefined],
  [
    'logout of others',
    (client) => client.logout({ scope: 'others' }),
    'POST /logout',
    true,
    { scope: 'others' },
    undefined,
  ],
  ['logout of all', (client) => client.logout({ scope: 'all' }), 'POST /logout', true, { scope: 'all' }, undefined],
  ['listSessions', (client) => client.listSessions(), 'GET /sessions', true, undefined, [{ id: '1' }]],
  [
    'endSession',
    (client) => client.endSession('session-id'),
    'DELETE /sessions/session-id',
    true,
    undefined,
    undefined,
  ],
  ['getAccount', (client) => client.getAccount(), 'GET /account', true, undefined, { id: '1' }],
  ['changeEmail', (client) => client.changeEmail(email), 'PATCH /account', true, email, { id: '1' }],
  ['deleteAccount', (client) => client.deleteAccount(), 'DELETE /me', true, undefined, undefined],
  ['listBots', (client) => client.listBots(), 'GET /bots', true, undefined, [{ id: '2' }]],
  ['createBot', (client) => client.createBot(robot), 'POST /bots', true, robot, bot],
  ['rotateBotToken', (client) => client.rotateBotToken('2'), 'POST /bots/2/token', true, undefined, bot],
  [
    'rotateBotToken until then',
    (client) => client.rotateBotToken('2', { expiresAt: null }),
    'POST /bots/2/token',
    true,
    { expiresAt: null },
    bot,
  ],
  ['deleteBot', (client) => client.deleteBot('2'), 'DELETE /bots/2', true, undefined, undefined],
  ['listPresence', (client) => client.listPresence(), 'GET /presence', true, undefined, page],
  [
    'listPresence from there on',
    (client) => client.listPresence({ limit: 2, after: 'a+b/c' }),
    'GET /presence?limit=2&after=a%2Bb%2Fc',
    true,
    undefined,
    page,
  ],
  [
    'requestPasswordReset',
    (client) => client.requestPasswordReset('alice@example.com'),
    'POST /password/forgot',
    false,
    { email: 'alice@example.com' },
    undefined,
  ],
  [
    'checkInvite',
    (client) => client.checkInvite('ABC123'),
    'POST /invites/check',
    false,
    { inviteCode: 'ABC123' },
    { expiresAt: null, usesLeft: 1 },
  ],
  ['getConfig', (client) => client.getConfig(), 'GET /config', false, undefined, { signInMethods: ['password'] }],
  ['resetPassword', (client) => client.resetPassword(reset), 'POST /password/reset', false, reset, undefined],
]

for (const [name, call, request, auth, sent, answered] of operations) {
  test(`${name} makes one request, ${request}, and answers the body as given`, async (t) => {
    const server = await startTestServer(t, () => (answered === undefined ? noContent : ok(answered)))
    const token = makeToken()
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token })

    t.deepEqual(await call(client), answered)

    t.is(server.requests.length, 1)
    const [seen] = server.requests
    t.is(`${seen?.method} ${seen?.path}`, request.replace('/', '/api/auth/'))
    t.is(seen?.token, auth ? token : null)
    t.is('guestlist-connection' in (seen?.headers ?? {}), auth)
    t.is('idempotency-key' in (seen?.headers ?? {}), name === 'register')
    t.is(seen?.headers.accept, 'application/json')
    t.is(seen?.headers['content-type'], sent === undefined ? undefined : 'application/json')
    t.deepEqual(seen?.body === '' ? undefined : JSON.parse(seen?.body ?? ''), sent)
  })
}
