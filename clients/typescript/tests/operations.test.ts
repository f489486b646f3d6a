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
  ['logout', (client) => client.logout(), 'POST /logout', true, undefined, undefined],
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
