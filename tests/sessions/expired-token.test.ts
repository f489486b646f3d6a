import test from 'ava'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { type StartOptions, startServer } from '../helpers/start-server.ts'
import { getMe, readToken, refresh, refreshed, sessionRow } from '../helpers/tokens.ts'

const day = 86_400_000

test('a token authenticates up to the very second of its exp, and not from then on', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { exp } = readToken(token).claims
  server.clock.advance(Number(exp) * 1000 - server.clock.now() - 1)
  t.is((await getMe(server, token)).status, 200)
  server.clock.advance(1)
  assertProblem(t, await getMe(server, token), 401, 'token_expired')
})

test('an expired token is refused everywhere but at refresh', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  server.clock.advance(day)
  const routes = [
    ['PATCH', '/api/auth/me'],
    ['POST', '/api/auth/logout'],
    ['POST', '/api/auth/disconnect'],
    ['GET', '/api/auth/oauth/accounts'],
    ['DELETE', '/api/auth/oauth/accounts/account-id'],
  ] as const
  for (const [method, path] of routes) {
    assertProblem(t, await server.request(method, path, { token }), 401, 'token_expired')
  }
  t.is(sessionRow(server, token).ended_at, null)
  const next = await refreshed(server, token)
  t.is(readToken(next).claims.gen, 2)
  t.is((await getMe(server, next)).status, 200)
})

test('a clock that is put back does not make a token invalid', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  server.clock.advance(-3_600_000)
  t.is((await getMe(server, token)).status, 200)
  t.is((await getMe(server, await refreshed(server, token))).status, 200)
})

const moves: Record<string, { before: StartOptions['settings']; after: StartOptions['settings'] }> = {
  PUBLIC_URL: { before: { PUBLIC_URL: 'http://old.example' }, after: { PUBLIC_URL: 'https://new.example' } },
  AUDIENCE: { before: { AUDIENCE: 'old' }, after: { AUDIENCE: 'new' } },
}

for (const [name, { before, after }] of Object.entries(moves)) {
  test(`a token made under another ${name} does not authenticate, but refreshes, and signs nobody out`, async (t) => {
    const old = await startServer(t, { settings: before ?? {} })
    const { token } = await registerPerson(old)
    await old.stop()
    const server = await startServer(t, { settings: after ?? {}, file: old.file, clock: old.clock })
    assertProblem(t, await getMe(server, token), 401, 'token_expired')
    t.is(sessionRow(server, token).ended_at, null)
    const answer = await refresh(server, token)
    t.is(answer.status, 200)
    t.is((await getMe(server, answer.body.token)).status, 200)
    t.deepEqual(server.query("SELECT id FROM audit_events WHERE event = 'session.token_reused'"), [])
  })
}
