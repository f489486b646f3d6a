import test from 'ava'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { createViewer, named } from '../helpers/presence.ts'
import type { Answer } from '../helpers/send.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, refresh } from '../helpers/tokens.ts'

/** What `navigator.sendBeacon` sends: a body, its type, and no header of the page's. */
const beacon = (server: TestServer, body: unknown, type = 'application/json'): Promise<Answer> =>
  server.request('POST', '/api/auth/disconnect', { body, headers: { 'content-type': type } })

for (const type of ['application/json', 'text/plain', 'text/plain;charset=UTF-8', 'application/json; charset=utf-8']) {
  test(`a closing page says farewell with its token as ${type}`, async (t) => {
    const server = await startServer(t)
    const { token, user } = await registerPerson(server)
    const look = await createViewer(server)
    await getMe(server, token)
    await getMe(server, token, named('tab'))
    t.is((await beacon(server, JSON.stringify({ token }), type)).status, 204)
    t.is((await look(user.id)).status, 'offline')
    t.is((await getMe(server, token)).status, 200)
  })
}

test('it may name its connection, and then ends no other', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, token, named('one'))
  await getMe(server, token, named('two'))
  t.is((await beacon(server, { token, connection: 'one' })).status, 204)
  t.is((await look(user.id)).status, 'online')
  t.is((await beacon(server, { token, connection: 'two' })).status, 204)
  t.is((await look(user.id)).status, 'offline')
})

test('a body with the token and a header with the connection go together', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, token, named('one'))
  await getMe(server, token, named('two'))
  t.is((await server.request('POST', '/api/auth/disconnect', { body: { token }, ...named('one') })).status, 204)
  t.is((await look(user.id)).status, 'online')
})

test('a token in the header counts, whatever the body says', async (t) => {
  const server = await startServer(t)
  const alice = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  for (const { token } of [alice, bob]) await getMe(server, token)
  const body = { token: bob.token }
  t.is((await server.request('POST', '/api/auth/disconnect', { token: alice.token, body })).status, 204)
  t.false(server.auth.deps.presence.isOnline(alice.user.id))
  t.true(server.auth.deps.presence.isOnline(bob.user.id))
  const headers = { authorization: 'Basic YWxpY2U6c2VjcmV0' }
  const answer = await server.request('POST', '/api/auth/disconnect', { body, headers })
  assertProblem(t, answer, 401, 'token_missing')
  t.true(server.auth.deps.presence.isOnline(bob.user.id))
})

test('a body that is not of this form is refused, and ends no presence', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  await getMe(server, token)
  const refused: Record<string, readonly [body: unknown, type?: string]> = {
    '400 malformed_request: cut off': [`{"token":"${token}"`],
    '400 malformed_request: the token alone': [token],
    '400 malformed_request: no UTF-8': [Uint8Array.from([0x22, 0xff, 0x22])],
    '400 malformed_request: a form': [`token=${token}`, 'text/plain'],
    '413 body_too_large: over 16 KiB': [{ token, connection: 'x'.repeat(16_384) }],
    '415 unsupported_media_type: a form': [`token=${token}`, 'application/x-www-form-urlencoded'],
    '415 unsupported_media_type: no type that is known': [{ token }, 'text/html'],
    '422 validation_failed: unknown field': [{ token, tab: 'one' }],
    '422 validation_failed: null': ['null'],
    '422 validation_failed: array': [[token]],
    '422 validation_failed: text': [JSON.stringify(token)],
    '422 validation_failed: token of another type': [{ token: 5 }],
    '422 validation_failed: connection of another type': [{ token, connection: 5 }],
    '422 validation_failed: connection null': [{ token, connection: null }],
    '422 validation_failed: bad name': [{ token, connection: 'a b' }],
    '401 token_missing: no token': [{}],
    '401 token_invalid: garbage': [{ token: 'garbage' }],
    '401 token_invalid: empty': [{ token: '' }],
    '401 token_invalid: with its scheme': [{ token: `Bearer ${token}` }],
    '401 token_invalid: long': [{ token: 'a.'.repeat(8000) }],
  }
  const outcomes = await outcomesOf(t, refused, ([body, type]) => beacon(server, body, type))
  t.deepEqual(outcomes, Object.fromEntries(Object.keys(refused).map((name) => [name, name.split(':')[0]])))
  t.true(server.auth.deps.presence.isOnline(user.id))
  t.is((await refresh(server, token)).status, 200)
})

test('a beacon with an expired token is refused as any request is', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  server.clock.advance(20 * 60_000)
  assertProblem(t, await beacon(server, { token }), 401, 'token_expired')
})

test('only the farewell takes its token from the body', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const others = {
    refresh: ['POST', '/api/auth/refresh'],
    logout: ['POST', '/api/auth/logout'],
    'update of me': ['PATCH', '/api/auth/me'],
    unlinking: ['DELETE', '/api/auth/oauth/accounts/account-id'],
  } as const
  const outcomes = await outcomesOf(t, others, ([method, path]) => server.request(method, path, { body: { token } }))
  t.deepEqual(outcomes, allOf(others, '401 token_missing'))
  t.false(server.auth.deps.presence.isOnline(user.id))
})

test('with a token in the header a body is checked all the same, and may name the connection', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, token, named('one'))
  const farewell = (body: unknown) => server.request('POST', '/api/auth/disconnect', { token, body })
  t.is((await farewell({ tab: 'one' })).body.code, 'validation_failed')
  t.is((await farewell('{')).body.code, 'malformed_request')
  t.is((await look(user.id)).status, 'online')
  t.is((await farewell({ connection: 'one' })).status, 204)
  t.is((await look(user.id)).status, 'offline')
})
