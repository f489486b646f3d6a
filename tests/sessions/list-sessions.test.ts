import test from 'ava'
import { goodPassword, logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, refreshed, sessionIdOf } from '../helpers/tokens.ts'

const minute = 60_000
const iso = (at: number): string => new Date(at).toISOString()

const listSessions = (server: TestServer, token: string) => server.request('GET', '/api/auth/sessions', { token })

const idsOf = async (server: TestServer, token: string): Promise<string[]> =>
  (await listSessions(server, token)).body.map(({ id }: { id: string }) => id)

test('a person sees their sessions, newest first: from where, with what, and which is this one', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const registeredAt = server.clock.now()
  server.clock.advance(minute)
  const body = { email: 'alice@example.com', password: goodPassword }
  const phone = await server.request('POST', '/api/auth/login', { body, headers: { 'user-agent': 'Phone/1.0' } })
  const { status, body: sessions } = await listSessions(server, token)
  t.is(status, 200)
  t.deepEqual(sessions, [
    {
      id: sessionIdOf(phone.body.token),
      createdAt: iso(server.clock.now()),
      lastSeenAt: iso(server.clock.now()),
      userAgent: 'Phone/1.0',
      address: '127.0.0.1',
      openedBy: 'password',
      isCurrent: false,
    },
    {
      id: sessionIdOf(token),
      createdAt: iso(registeredAt),
      lastSeenAt: iso(server.clock.now()),
      userAgent: 'node',
      address: '127.0.0.1',
      openedBy: 'registration',
      isCurrent: true,
    },
  ])
})

test('a session was last seen at its last request, and once it is offline at its last refresh', async (t) => {
  const server = await startServer(t, { settings: { TOKEN_TTL: '1d' } })
  const { token } = await registerPerson(server)
  const phone = await refreshed(server, (await logIn(server)).body.token)
  const refreshedAt = server.clock.now()
  server.clock.advance(30_000)
  await getMe(server, phone)
  const lastSeen = async (): Promise<string> =>
    (await listSessions(server, token)).body.find(({ isCurrent }: { isCurrent: boolean }) => !isCurrent).lastSeenAt
  t.is(await lastSeen(), iso(refreshedAt + 30_000))
  server.clock.advance(5 * minute)
  t.is(await lastSeen(), iso(refreshedAt))
  await refreshed(server, phone)
  t.is(await lastSeen(), iso(server.clock.now()))
})

test('sessions of others, and those that ended or expired, are not listed', async (t) => {
  const server = await startServer(t)
  const { token: expired } = await registerPerson(server)
  server.clock.advance(29 * 24 * 60 * minute)
  const { token } = (await logIn(server)).body
  const { token: ended } = (await logIn(server)).body
  await server.request('POST', '/api/auth/logout', { token: ended })
  const { token: ofBob } = await registerPerson(server, 'bob')
  t.deepEqual((await idsOf(server, token)).sort(), [expired, token].map(sessionIdOf).sort())
  t.deepEqual(await idsOf(server, ofBob), [sessionIdOf(ofBob)])
  server.clock.advance(24 * 60 * minute)
  const fresh = await refreshed(server, token)
  t.deepEqual(await idsOf(server, fresh), [sessionIdOf(token)])
})

/** So many more rows of alice, refreshed a second apart from now on; the clock stands behind them then. */
function addSessions(server: TestServer, userId: string, count: number, endedAt: number | null): void {
  const start = server.clock.now()
  server.query(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
     INSERT INTO sessions (id, user_id, generation, created_at, authenticated_at, rotated_at, expires_at, ended_at, end_reason)
     SELECT printf('01990000-0000-7000-8000-%012d', n + ?), ?, 1, ?, ?, ? + n * 1000, ?, ?, iif(? IS NULL, NULL, 'logged_out')
     FROM numbers`,
    ...[count, start % 1e9, userId, start, start, start, start + 86_400_000, endedAt, endedAt],
  )
  server.clock.advance(count * 1000)
}

test('a person has 200 sessions at most: one more sign-in ends the one that was refreshed longest ago', async (t) => {
  const server = await startServer(t)
  const { token: first, user } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  server.clock.advance(1000)
  const second = (await logIn(server)).body.token
  server.clock.advance(1000)
  const kept = await refreshed(server, first)
  addSessions(server, user.id, 197, null)
  const last = (await logIn(server)).body.token
  t.is((await listSessions(server, last)).body.length, 200)
  for (const token of [kept, second]) t.is((await getMe(server, token)).status, 200)
  const next = (await logIn(server)).body.token
  t.is((await getMe(server, second)).body.code, 'session_ended', 'also what memory knew to live')
  for (const token of [kept, last, next, bob.token]) t.is((await getMe(server, token)).status, 200)
  t.is((await listSessions(server, next)).body.length, 200)
})

test('of more than 200 sessions those that ended are cleared away first', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  addSessions(server, user.id, 300, server.clock.now())
  const next = (await logIn(server)).body.token
  t.is(server.query('SELECT id FROM sessions').length, 200)
  for (const each of [token, next]) t.is((await getMe(server, each)).status, 200)
  t.is((await listSessions(server, next)).body.length, 2)
})
