import test, { type ExecutionContext } from 'ava'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { generationOf, getMe, refresh, refreshed, sessionIdOf, sessionRow } from '../helpers/tokens.ts'

const second = 1000
const minute = 60 * second

/** This refresh says `token_reused`, writes it down, and ends its session and no other: from then on `session_ended`. */
async function assertReused(t: ExecutionContext, server: TestServer, stolen: string, others: readonly string[]) {
  const events = () =>
    server.query("SELECT user_id, session_id, occurred_at FROM audit_events WHERE event = 'session.token_reused'")
  const before = sessionRow(server, stolen)
  const bystander = (await logIn(server)).body.token
  t.deepEqual(events(), [])
  assertProblem(t, await refresh(server, stolen), 401, 'token_reused')
  const [user] = server.query<{ id: string }>('SELECT id FROM users')
  const now = server.clock.now()
  t.deepEqual(events(), [{ user_id: user?.id, session_id: sessionIdOf(stolen), occurred_at: now }])
  t.deepEqual(sessionRow(server, stolen), { ...before, ended_at: now, end_reason: 'token_reused' })
  for (const token of [stolen, ...others]) {
    assertProblem(t, await refresh(server, token), 401, 'session_ended')
    assertProblem(t, await getMe(server, token), 401, 'session_ended')
  }
  t.is(events().length, 1)
  t.is((await getMe(server, bystander)).status, 200)
  t.is((await refresh(server, bystander)).status, 200)
  t.regex(server.log(), /"event":"session\.token_reused"/)
  for (const token of [stolen, ...others]) t.false(server.log().includes(token.split('.')[2] ?? ''))
}

test('the token before the current one, once that has been used, is stolen', async (t) => {
  const server = await startServer(t)
  const { token: old } = await registerPerson(server)
  const current = await refreshed(server, old)
  await getMe(server, current)
  server.clock.advance(30 * second)
  await assertReused(t, server, old, [current])
})

const uses: Record<string, (server: TestServer, token: string) => Promise<unknown>> = {
  'a request that is refused': (server, token) =>
    server.request('PATCH', '/api/auth/me', { token, body: { unknown: true } }),
  'a request for what is not there': (server, token) => server.request('GET', '/api/auth/users/nobody', { token }),
  'a farewell': (server, token) => server.request('POST', '/api/auth/disconnect', { token }),
  'a farewell of a closing page': (server, token) =>
    server.request('POST', '/api/auth/disconnect', { body: { token } }),
  'a request after it had expired': (server, token) => {
    server.clock.advance(20 * minute)
    return getMe(server, token)
  },
}

for (const [name, use] of Object.entries(uses)) {
  test(`a token counts as used by ${name}`, async (t) => {
    const server = await startServer(t)
    const { token: old } = await registerPerson(server)
    const current = await refreshed(server, old)
    await use(server, current)
    server.clock.advance(30 * second)
    await assertReused(t, server, old, [current])
  })
}

test('the current token is not used by a request that presents the one before', async (t) => {
  const server = await startServer(t)
  const { token: old } = await registerPerson(server)
  await refreshed(server, old)
  await getMe(server, old)
  server.clock.advance(31 * second)
  t.is(generationOf(await refreshed(server, old)), 3)
})

test('the token before is answered within 30 seconds even when the current one has been used', async (t) => {
  const server = await startServer(t)
  const { token: old } = await registerPerson(server)
  await getMe(server, await refreshed(server, old))
  server.clock.advance(30 * second - 1)
  t.is(generationOf(await refreshed(server, old)), 2)
})

test('a token of two generations ago is stolen, also within 30 seconds', async (t) => {
  const server = await startServer(t)
  const { token: oldest } = await registerPerson(server)
  const old = await refreshed(server, oldest)
  const current = await refreshed(server, old)
  await assertReused(t, server, oldest, [old, current])
})

for (const ms of [0, 29 * second, 31 * second, 20 * minute]) {
  test(`a generation that was passed over is dead: presented ${ms / second} seconds later, it is stolen`, async (t) => {
    const server = await startServer(t)
    const { token: base } = await registerPerson(server)
    const dead = await refreshed(server, base)
    server.clock.advance(minute)
    const current = await refreshed(server, base)
    server.clock.advance(ms)
    await assertReused(t, server, dead, [base, current])
  })
}

test('after many generations an early one is stolen', async (t) => {
  const server = await startServer(t)
  const { token: first } = await registerPerson(server)
  let current = first
  for (let count = 0; count < 10; count += 1) {
    server.clock.advance(10 * minute)
    current = await refreshed(server, current)
  }
  await assertReused(t, server, first, [current])
})
