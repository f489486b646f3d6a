import test from 'ava'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, refresh, sessionIdOf } from '../helpers/tokens.ts'

/** What another process may do to an account or a session while the server runs. */
const ends: Record<string, (server: TestServer, token: string) => unknown> = {
  'a session that another process ended': (server, token) =>
    server.query("UPDATE sessions SET ended_at = 1, end_reason = 'logged_out' WHERE id = ?", sessionIdOf(token)),
  'a session that another process deleted': (server, token) =>
    server.query('DELETE FROM sessions WHERE id = ?', sessionIdOf(token)),
  'a session whose time another process cut short': (server, token) =>
    server.query('UPDATE sessions SET expires_at = ? WHERE id = ?', server.clock.now(), sessionIdOf(token)),
  'a disabled account': (server) => server.query("UPDATE users SET disabled_at = 1 WHERE username = 'alice'"),
}

for (const [name, end] of Object.entries(ends)) {
  test(`${name} is refused by the very next request, expired token or not`, async (t) => {
    const server = await startServer(t)
    const alice = await registerPerson(server)
    const bob = await registerPerson(server, 'bob')
    t.is((await getMe(server, alice.token)).status, 200)
    end(server, alice.token)
    assertProblem(t, await getMe(server, alice.token), 401, 'session_ended')
    assertProblem(t, await refresh(server, alice.token), 401, 'session_ended')
    server.clock.advance(20 * 60_000)
    assertProblem(t, await getMe(server, alice.token), 401, 'session_ended')
    assertProblem(t, await refresh(server, alice.token), 401, 'session_ended')
    t.is((await refresh(server, bob.token)).status, 200)
    t.deepEqual(server.query("SELECT id FROM audit_events WHERE event = 'session.token_reused'"), [])
  })
}

test('the tokens of a deleted account are refused, and nothing of its sessions is left', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await logIn(server)
  await server.auth.deps.db.deleteFrom('users').where('username', '=', 'alice').execute()
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
  assertProblem(t, await refresh(server, token), 401, 'session_ended')
  const body = { displayName: 'Alice again' }
  assertProblem(t, await server.request('PATCH', '/api/auth/me', { token, body }), 401, 'session_ended')
  t.deepEqual(server.query('SELECT id FROM sessions'), [])
})

test('a reset of the password ends every session of the account, and nobody else’s', async (t) => {
  const server = await startServer(t)
  const tokens = [(await registerPerson(server)).token, (await logIn(server)).body.token]
  const bob = await registerPerson(server, 'bob')
  const body = { code: await makeResetCodeFor(server), password: 'another good password' }
  t.is((await server.request('POST', '/api/auth/password/reset', { body })).status, 204)
  for (const token of tokens) {
    assertProblem(t, await getMe(server, token), 401, 'session_ended')
    assertProblem(t, await refresh(server, token), 401, 'session_ended')
  }
  t.is((await getMe(server, bob.token)).status, 200)
})
