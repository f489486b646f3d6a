import test from 'ava'
import { minute } from '../../server/durations.ts'
import { providerSettings, startTestProvider } from '../helpers/oauth-provider.ts'
import {
  codeOf,
  comeBack,
  exchange,
  returnTo,
  signInThrough,
  startLogin,
  traces,
  visitProvider,
} from '../helpers/oauth-walk.ts'
import { assertProblem } from '../helpers/people.ts'
import { type StartOptions, startServer, type TestServer } from '../helpers/start-server.ts'

async function startWithProviders(t: Parameters<typeof startServer>[0], names: string[], options: StartOptions = {}) {
  const provider = await startTestProvider(t)
  return await startServer(t, { ...options, settings: { ...providerSettings(provider, names), ...options.settings } })
}

/** A browser that has come back, with an invite in its flow: what is left is the exchange. */
async function begin(server: TestServer, inviteCode: string) {
  const { flowSecret, ...started } = (await startLogin(server, 'good', { inviteCode })).body
  const callback = await visitProvider(started)
  const back = await comeBack(server, callback)
  return { flowSecret, callback, back, code: codeOf(back) }
}

test('the browser comes back to the address that was given, with a code in its query and no token', async (t) => {
  const server = await startWithProviders(t, ['good'])
  const { back } = await begin(server, await server.mintInvite())
  t.is(back.status, 303)
  t.regex(back.headers.get('location') ?? '', /^http:\/\/localhost:5173\/welcome\?from=here&oauth_code=[\w-]{43}#top$/)
  t.is(back.headers.get('referrer-policy'), 'no-referrer')
  t.is(back.headers.get('cache-control'), 'no-store')
  t.is(back.text, '')
})

test('a code is exchanged once, with its own secret, within ten minutes', async (t) => {
  const server = await startWithProviders(t, ['good'])
  const inviteCode = await server.mintInvite()
  const [own, other] = [await begin(server, inviteCode), await begin(server, inviteCode)]
  const before = traces(server)
  for (const secret of [other.flowSecret, '', own.code, `${own.flowSecret}=`]) {
    assertProblem(t, await exchange(server, own.code, secret), 403, 'oauth_flow_invalid')
  }
  assertProblem(t, await exchange(server, own.flowSecret, own.code), 403, 'oauth_flow_invalid')
  t.deepEqual(traces(server), before)
  t.is((await exchange(server, own.code, own.flowSecret)).status, 200, 'wrong secrets use nothing up')
  assertProblem(t, await exchange(server, own.code, own.flowSecret), 403, 'oauth_flow_invalid')

  const after = traces(server)
  server.clock.advance(10 * minute)
  assertProblem(t, await exchange(server, other.code, other.flowSecret), 403, 'oauth_flow_invalid')
  t.deepEqual(traces(server), after)
})

test('of many exchanges at once one succeeds', async (t) => {
  const server = await startWithProviders(t, ['good'])
  const { code, flowSecret } = await begin(server, await server.mintInvite())
  const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(server, code, flowSecret)))
  t.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(9).fill(403)])
  t.is(server.query('SELECT id FROM sessions').length, 1)
})

test('a return is taken once: a callback that is repeated, at once or later, gets no further', async (t) => {
  const server = await startWithProviders(t, ['good'])
  const { body } = await startLogin(server, 'good')
  const callback = await visitProvider(body)
  const answers = await Promise.all(Array.from({ length: 5 }, () => comeBack(server, callback)))
  t.deepEqual(answers.map(({ status }) => status).sort(), [303, 403, 403, 403, 403])
  assertProblem(t, await comeBack(server, callback), 403, 'oauth_flow_invalid')
})

test('to look at a callback (HEAD) takes nothing', async (t) => {
  const server = await startWithProviders(t, ['good'])
  const callback = await visitProvider((await startLogin(server, 'good')).body)
  const { status } = await fetch(server.url + callback.pathname + callback.search, { method: 'HEAD' })
  t.is(status, 403)
  t.is((await comeBack(server, callback)).status, 303)
})

test('a state that is unknown, missing, doubled or older than ten minutes ends at the callback', async (t) => {
  const server = await startWithProviders(t, ['good'])
  const callback = await visitProvider((await startLogin(server, 'good')).body)
  const spoil = (change: (query: URLSearchParams) => void): URL => {
    const spoilt = new URL(callback)
    change(spoilt.searchParams)
    return spoilt
  }
  for (const url of [
    spoil((query) => query.set('state', 'of nobody')),
    spoil((query) => query.set('state', '')),
    spoil((query) => query.delete('state')),
    spoil((query) => query.append('state', query.get('state') ?? '')),
  ]) {
    assertProblem(t, await comeBack(server, url), 403, 'oauth_flow_invalid')
  }
  server.clock.advance(10 * minute)
  assertProblem(t, await comeBack(server, callback), 403, 'oauth_flow_invalid')
})

test('two browsers whose states are swapped get nobody in', async (t) => {
  const server = await startWithProviders(t, ['good'])
  const inviteCode = await server.mintInvite()
  const starts = [await startLogin(server, 'good', { inviteCode }), await startLogin(server, 'good', { inviteCode })]
  const [one, other] = await Promise.all(starts.map(({ body }) => visitProvider(body)))
  const [stateOfOne, stateOfOther] = [one, other].map((url) => url?.searchParams.get('state') ?? '')
  one?.searchParams.set('state', stateOfOther ?? '')
  other?.searchParams.set('state', stateOfOne ?? '')
  const before = traces(server)
  for (const callback of [one, other]) {
    const code = codeOf(await comeBack(server, callback as URL))
    const answers = await Promise.all(starts.map(({ body }) => exchange(server, code, body.flowSecret)))
    t.deepEqual(answers.map(({ body }) => body.code).sort(), ['oauth_failed', 'oauth_flow_invalid'])
  }
  t.deepEqual(traces(server), before)
})

test('providers are not mixed up: the answer of one does not finish what was begun with another', async (t) => {
  const server = await startWithProviders(t, ['good', 'mix-up', 'plain'])
  const before = traces(server)
  const started = (await startLogin(server, 'mix-up', { inviteCode: await server.mintInvite() })).body
  const atGood = new URL(started.authorizationUrl)
  t.regex(atGood.pathname, /^\/good\//, 'it leads to the honest provider')
  t.is((await fetch(atGood, { redirect: 'manual' })).status, 400, 'which knows the address to return to')
  // Led there with the honest provider's own address to return to, as an attacker would.
  atGood.searchParams.set('redirect_uri', (atGood.searchParams.get('redirect_uri') ?? '').replace('mix-up', 'good'))
  const callback = await visitProvider({ ...started, authorizationUrl: atGood.href })
  assertProblem(t, await comeBack(server, callback), 403, 'oauth_flow_invalid')
  callback.pathname = callback.pathname.replace('good', 'plain')
  assertProblem(t, await comeBack(server, callback), 403, 'oauth_flow_invalid')
  callback.pathname = callback.pathname.replace('plain', 'mix-up')
  const code = codeOf(await comeBack(server, callback))
  assertProblem(t, await exchange(server, code, started.flowSecret), 403, 'oauth_failed')
  t.deepEqual(traces(server).toSpliced(2, 1), before.toSpliced(2, 1))
})

test('whoever declines at the provider comes back and is told so', async (t) => {
  const server = await startWithProviders(t, ['declining'])
  const answer = await signInThrough(server, 'declining')
  assertProblem(t, answer, 403, 'oauth_failed')
  t.regex(answer.body.detail, /^Consent was declined/)
})

test('a code of 100 kB is refused, on the way back and at the exchange', async (t) => {
  const server = await startWithProviders(t, ['good'])
  const { flowSecret } = await begin(server, await server.mintInvite())
  const callback = await visitProvider((await startLogin(server, 'good')).body)
  callback.searchParams.set('code', 'a'.repeat(100_000))
  assertProblem(t, await comeBack(server, callback), 400, 'malformed_request')
  assertProblem(t, await exchange(server, 'a'.repeat(100_000), flowSecret), 413, 'body_too_large')
  assertProblem(t, await exchange(server, 'a'.repeat(200), flowSecret), 422, 'validation_failed')
  t.deepEqual(server.query('SELECT id FROM users'), [])
})

test('people come back to listed origins only, letter for letter', async (t) => {
  const settings = {
    PUBLIC_URL: 'https://auth.example',
    OAUTH_RETURN_ORIGINS: 'https://chat.example, http://127.0.0.1:8765',
  }
  const server = await startWithProviders(t, ['good'], { settings })
  for (const address of ['https://chat.example', 'https://CHAT.example/a?b=c#d', 'http://127.0.0.1:8765/back']) {
    t.is((await startLogin(server, 'good', { returnTo: address })).status, 200, address)
  }
  for (const address of [
    'https://evil.example/',
    'http://chat.example/',
    'https://chat.example:444/',
    'https://chat.example.evil.example/',
    'https://chat.example@evil.example/',
    'https://alice:secret@chat.example/',
    'https://evil.example/https://chat.example/',
    '//chat.example/',
    '/welcome',
    'javascript:alert(1)',
    'chat.example',
    'http://localhost:5173/',
    '',
    `https://chat.example/${'a'.repeat(2048)}`,
  ]) {
    const answer = await startLogin(server, 'good', { returnTo: address })
    assertProblem(t, answer, 422, 'validation_failed')
    t.is(answer.body.errors[0].path, 'returnTo', address)
  }
})

test('while the server is on loopback people may come back to any port of it', async (t) => {
  const server = await startWithProviders(t, ['good'])
  for (const address of ['http://localhost:1/', 'http://127.0.0.1:65535/', 'http://[::1]:5173/', returnTo]) {
    t.is((await startLogin(server, 'good', { returnTo: address })).status, 200, address)
  }
  t.is((await startLogin(server, 'good', { returnTo: 'https://chat.example/' })).status, 422)
})

test('a provider that is not configured is not found, and one that is down is told as such', async (t) => {
  const server = await startServer(t, { settings: providerSettings({ url: 'http://127.0.0.1:9' }, ['down']) })
  for (const name of ['good', 'constructor', '__proto__']) {
    assertProblem(t, await startLogin(server, name), 404, 'not_found')
    const callback = await fetch(`${server.url}/api/auth/oauth/${name}/callback?code=a&state=b`)
    t.is(callback.status, 404)
  }
  assertProblem(t, await startLogin(server, 'down'), 403, 'oauth_failed')
  t.regex(server.log(), /"event":"oauth.failed","provider":"down","reason":"[^"]*(ECONNREFUSED|bad port)/)
})

test('the data file holds no state, secret or code, and flows that are over are cleared away', async (t) => {
  const server = await startWithProviders(t, ['good'])
  const { flowSecret, code, callback } = await begin(server, await server.mintInvite())
  const rows = JSON.stringify(server.query('SELECT * FROM oauth_flows'), (_key, value) =>
    value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
  )
  for (const secret of [
    flowSecret,
    code,
    callback.searchParams.get('state') ?? '',
    callback.searchParams.get('code') ?? '',
  ]) {
    t.is(secret.length > 20, true)
    t.false(rows.includes(secret))
    t.false(server.log().includes(secret))
  }
  server.clock.advance(11 * minute)
  await server.auth.doSlowWork()
  t.deepEqual(server.query('SELECT * FROM oauth_flows'), [])
})

test('the providers are listed by name, and are among the ways to sign in', async (t) => {
  const settings = { OAUTH_PLAIN_LABEL: 'The club', OAUTH_GITHUB_CLIENT_ID: 'a', OAUTH_GITHUB_CLIENT_SECRET: 'b' }
  const server = await startWithProviders(t, ['plain'], { settings })
  t.deepEqual((await server.request('GET', '/api/auth/oauth/providers')).body, [
    { name: 'github', label: 'GitHub' },
    { name: 'plain', label: 'The club' },
  ])
  t.deepEqual((await server.request('GET', '/api/auth/config')).body.signInMethods, ['password', 'github', 'plain'])
})
