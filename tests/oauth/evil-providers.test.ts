import test, { type ExecutionContext } from 'ava'
import { providerSettings, startTestProvider, type Twist } from '../helpers/oauth-provider.ts'
import {
  backTwists,
  claimTwists,
  discoveryTwists,
  endpointTwists,
  plainTwists,
  signatureTwists,
  slowTwists,
} from '../helpers/oauth-provider-twists.ts'
import { signInThrough, startLogin, traces } from '../helpers/oauth-walk.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

/** Time enough for an honest provider on a busy machine. */
const oauthTimeoutMs = 5000

/** Every one of these is refused with a clear error and leaves nothing; the honest issuer, by the same way, lets in. */
async function assertRefused(
  t: ExecutionContext,
  twists: Record<string, Twist>,
  { honest = 'good', timeoutMs = oauthTimeoutMs } = {},
): Promise<void> {
  const provider = await startTestProvider(t)
  const settings = providerSettings(provider, [honest, ...Object.keys(twists)])
  const server = await startServer(t, { settings, overrides: { oauthTimeoutMs: timeoutMs } })
  const inviteCode = await server.mintInvite()
  const before = traces(server)
  for (const name of Object.keys(twists)) {
    const answer = await signInThrough(server, name, { inviteCode })
    t.is(answer.body.code, 'oauth_failed', name)
    assertProblem(t, answer, 403, 'oauth_failed')
    t.notRegex(answer.text, /script|elsewhere|192\.0\.2/, name)
  }
  t.deepEqual(traces(server), before)
  t.deepEqual(await provider.askedElsewhere(), [])
  t.notRegex(server.log(), /eyJ|script|secret of guestlist|"level":[56]0/)

  const { status, body } = await signInThrough(server, honest, { inviteCode })
  t.is(status, 200)
  const [users, links, , uses, sessions] = traces(server)
  t.deepEqual(
    [users, links, uses, sessions].map((rows) => rows?.length),
    [1, 1, 1, 1],
  )
  t.is((await server.request('GET', '/api/auth/me', { token: body.token })).status, 200)
}

test('an ID token that says anything wrong lets nobody in', (t) => assertRefused(t, claimTwists))

test('an ID token that the provider has not signed with its key lets nobody in', (t) =>
  assertRefused(t, signatureTwists))

test('a browser that comes back with what does not belong together lets nobody in', (t) => assertRefused(t, backTwists))

test('endpoints that lead elsewhere, fail or answer nonsense let nobody in', (t) => assertRefused(t, endpointTwists))

test('a plain provider that does not tell who it is lets nobody in', (t) =>
  assertRefused(t, plainTwists, { honest: 'plain' }))

test('to a provider that tells of itself what cannot be believed nobody is sent', (t) =>
  assertRefused(t, discoveryTwists))

test('a provider that does not come to an end holds up nobody else', async (t) => {
  const names = Object.keys(slowTwists)
  const provider = await startTestProvider(t)
  const settings = providerSettings(provider, ['good', ...names])
  const server = await startServer(t, { settings, overrides: { oauthTimeoutMs: 1000 } })
  const inviteCode = await server.mintInvite()
  const slow = names.map((name) => signInThrough(server, name, { inviteCode }))
  t.is((await startLogin(server, 'good')).status, 200)
  for (const answer of await Promise.all(slow)) assertProblem(t, answer, 403, 'oauth_failed')
  t.deepEqual(server.query('SELECT id FROM users'), [])
})
