import test from 'ava'
import { providerSettings, startTestProvider } from '../helpers/oauth-provider.ts'
import {
  codeOf,
  comeBack,
  exchange,
  signInThrough,
  startLink,
  startLogin,
  visitProvider,
} from '../helpers/oauth-walk.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { refusalOf } from '../helpers/refusal.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, refreshed } from '../helpers/tokens.ts'

test('a link that is completed answers the token that it came with: an older copy stays old, and its theft is noticed', async (t) => {
  const provider = await startTestProvider(t)
  const server = await startServer(t, { settings: providerSettings(provider, ['good']) })
  const { token: stolen } = await registerPerson(server)
  server.clock.advance(31_000)
  const current = await refreshed(server, stolen)
  await getMe(server, current)
  const started = await startLink(server, 'good', stolen)
  const back = await comeBack(server, await visitProvider(started.body))
  const answer = await exchange(server, codeOf(back), started.body.flowSecret, stolen)
  t.is(answer.status, 200)
  t.is(answer.body.token, stolen)
  server.clock.advance(31_000)
  const refresh = await server.request('POST', '/api/auth/refresh', { token: answer.body.token })
  assertProblem(t, refresh, 401, 'token_reused')
})

test('a link that is begun while the account is deleted, or its session ends, is told that the session ended', async (t) => {
  const provider = await startTestProvider(t)
  for (const end of ['DELETE FROM users', "UPDATE sessions SET ended_at = 1, end_reason = 'logged_out'"]) {
    const server = await startServer(t, { settings: providerSettings(provider, ['good']) })
    const { token } = await registerPerson(server)
    const good = server.auth.deps.oauthProviders.get('good')
    if (good === undefined) return t.fail()
    const build = good.buildAuthorizationUrl.bind(good)
    good.buildAuthorizationUrl = async (checks) => {
      server.query(end)
      return await build(checks)
    }
    assertProblem(t, await startLink(server, 'good', token), 401, 'session_ended')
    t.deepEqual(server.query('SELECT state_hash FROM oauth_flows'), [])
  }
})

test('people come back to http and https only: an origin is no address', async (t) => {
  const provider = await startTestProvider(t)
  const settings = { ...providerSettings(provider, ['good']), OAUTH_RETURN_ORIGINS: 'https://chat.example' }
  for (const server of [
    await startServer(t, { settings }),
    await startServer(t, { settings: providerSettings(provider, ['good']) }),
  ]) {
    for (const returnTo of [
      'blob:https://chat.example/5f2c',
      'blob:http://localhost:5173/5f2c',
      'filesystem:https://chat.example/temporary/x',
      'javascript:alert(1)',
      'data:text/html,x',
      'view-source:https://chat.example/',
      'ws://localhost:5173/',
      'ftp://localhost/',
      'file:///etc/passwd',
    ]) {
      assertProblem(t, await startLogin(server, 'good', { returnTo }), 422, 'validation_failed')
    }
    t.deepEqual(server.query('SELECT state_hash FROM oauth_flows'), [])
  }
})

test('no word of what a provider sends comes into the log', async (t) => {
  const provider = await startTestProvider(t)
  const server = await startServer(t, { settings: providerSettings(provider, ['plain-html', 'html']) })
  for (const name of ['plain-html', 'html']) await signInThrough(server, name)
  t.notRegex(server.log(), /secret of the provider|<html/)
  t.true(server.log().includes('oauth.failed'))
})

test('a provider is not called like a way to sign in, or like a path', (t) => {
  for (const name of [
    'PASSWORD',
    'REGISTRATION',
    'TOKEN',
    'ACCOUNTS',
    'PROVIDERS',
    'PASSKEY',
    'TOTP',
    'EMAIL',
    'BOT',
  ]) {
    const settings = {
      [`OAUTH_${name}_CLIENT_ID`]: 'id',
      [`OAUTH_${name}_CLIENT_SECRET`]: 'secret',
      [`OAUTH_${name}_ISSUER`]: 'https://id.example',
    }
    t.regex(refusalOf(settings), new RegExp(`must not be called ${name.toLowerCase()}`))
  }
})
