import test from 'ava'
import { minute } from '../../server/durations.ts'
import { addPerson } from '../helpers/add-person.ts'
import { auditEvents } from '../helpers/audit.ts'
import { providerSettings, startTestProvider } from '../helpers/oauth-provider.ts'
import {
  codeOf,
  comeBack,
  exchange,
  linkThrough,
  signInThrough,
  startLink,
  traces,
  visitProvider,
} from '../helpers/oauth-walk.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

async function startWithProviders(t: Parameters<typeof startServer>[0], ...names: string[]) {
  const provider = await startTestProvider(t)
  const server = await startServer(t, { settings: providerSettings(provider, names) })
  return { provider, server }
}

const listLinks = async (server: Awaited<ReturnType<typeof startServer>>, token: string) =>
  (await server.request('GET', '/api/auth/oauth/accounts', { token })).body

test('who is signed in links an account at a provider, and signs in through it from then on', async (t) => {
  const { provider, server } = await startWithProviders(t, 'good')
  const alice = await registerPerson(server)
  await provider.setPerson('good', { sub: 'alice there', email: 'a@there.example', name: 'Alice There' })
  const linked = await linkThrough(server, 'good', alice.token)
  t.is(linked.status, 200)
  t.deepEqual(linked.body.user, alice.user)
  t.is((await getMe(server, linked.body.token)).status, 200)
  t.is(server.query('SELECT id FROM sessions').length, 1, 'it is a token of the same session')
  t.like((await listLinks(server, alice.token))[0], {
    provider: 'good',
    providerAccountId: 'alice there',
    email: 'a@there.example',
    displayName: 'Alice There',
  })
  t.is((await signInThrough(server, 'good')).body.user.id, alice.user.id)
  const [event] = auditEvents(server, 'oauth_account.linked')
  t.like(event, { user_id: alice.user.id, details: '{"provider":"good"}' })
})

test('an identity that is linked to somebody else is taken; to oneself, it stays', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  const [alice, bob] = [await addPerson(server, 'alice'), await addPerson(server, 'bob')]
  await linkThrough(server, 'good', alice.token)
  const before = traces(server)
  assertProblem(t, await linkThrough(server, 'good', bob.token), 409, 'oauth_account_taken')
  t.is((await linkThrough(server, 'good', alice.token)).status, 200)
  t.deepEqual(traces(server), before)
})

test('of two people who link the same identity at once one succeeds', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  const people = await Promise.all(['alice', 'bob', 'carol'].map((name) => addPerson(server, name)))
  const answers = await Promise.all(people.map(({ token }) => linkThrough(server, 'good', token)))
  t.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409])
  t.is(server.query('SELECT id FROM oauth_accounts').length, 1)
})

test('a link is begun within ten minutes of a sign-in', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  const { token } = await registerPerson(server)
  server.clock.advance(10 * minute)
  t.is((await startLink(server, 'good', token)).status, 200)
  server.clock.advance(1)
  assertProblem(t, await startLink(server, 'good', token), 403, 'reauthentication_required')
  t.is((await startLink(server, 'good', (await logIn(server)).body.token)).status, 200)
})

test('a link is finished in the session that began it, and in no other', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  const alice = await registerPerson(server)
  const [other, bob] = [(await logIn(server)).body, await addPerson(server, 'bob')]
  const begin = async () => {
    const { body } = await startLink(server, 'good', alice.token)
    return { ...body, code: codeOf(await comeBack(server, await visitProvider(body))) }
  }
  const before = traces(server)
  for (const { token } of [other, bob]) {
    const { code, flowSecret } = await begin()
    assertProblem(t, await exchange(server, code, flowSecret, token), 403, 'oauth_flow_invalid')
    assertProblem(t, await exchange(server, code, flowSecret, alice.token), 403, 'oauth_flow_invalid')
  }
  t.deepEqual(traces(server), before)

  const { code, flowSecret } = await begin()
  assertProblem(t, await exchange(server, code, flowSecret), 401, 'token_missing')
  assertProblem(t, await exchange(server, code, flowSecret, 'a.b.c'), 401, 'token_invalid')
  t.is((await exchange(server, code, flowSecret, alice.token)).status, 200, 'a 401 has used nothing up')
})

test('with an expired token a link is finished by a refreshed one of the same session', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  const { token } = await registerPerson(server)
  server.clock.advance(9 * minute)
  const { body } = await startLink(server, 'good', token)
  const code = codeOf(await comeBack(server, await visitProvider(body)))
  server.clock.advance(8 * minute)
  assertProblem(t, await exchange(server, code, body.flowSecret, token), 401, 'token_expired')
  const refreshed = (await server.request('POST', '/api/auth/refresh', { token })).body.token
  t.is((await exchange(server, code, body.flowSecret, refreshed)).status, 200)
})

test('a session that ended meanwhile links nothing', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  const { token } = await registerPerson(server)
  const { body } = await startLink(server, 'good', token)
  const code = codeOf(await comeBack(server, await visitProvider(body)))
  await server.request('POST', '/api/auth/logout', { token })
  assertProblem(t, await exchange(server, code, body.flowSecret, token), 401, 'session_ended')
  t.deepEqual(server.query('SELECT id FROM oauth_accounts'), [])
})

test('a bot links nothing', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  const { token } = await registerPerson(server)
  const bot = await server.request('POST', '/api/auth/bots', { token, body: { username: 'quiz' } })
  assertProblem(t, await startLink(server, 'good', bot.body.token), 403, 'person_required')
})
