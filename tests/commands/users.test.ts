import { readFileSync } from 'node:fs'
import test from 'ava'
import { assertFailure, runBeside } from '../helpers/commands.ts'
import { linkAccount } from '../helpers/oauth-accounts.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { createClock, startServer, type TestServer } from '../helpers/start-server.ts'

const startNow = (t: Parameters<typeof startServer>[0]): Promise<TestServer> =>
  startServer(t, { clock: createClock(Date.now()) })

const events = (server: TestServer): unknown[] =>
  server.query('SELECT event, user_id, details FROM audit_events ORDER BY sequence')

test('people are listed newest first, found by a part of a name, and cut at the limit with a word about it', async (t) => {
  const server = await startNow(t)
  for (const name of ['alice', 'bob', 'al_ex']) {
    await registerPerson(server, name)
    server.clock.advance(1)
  }
  const all = await runBeside(t, server, ['users', 'list', '--json'])
  const people = JSON.parse(all.stdout)
  t.deepEqual(
    people.map(({ username }: { username: string }) => username),
    ['al_ex', 'bob', 'alice'],
  )
  t.deepEqual(Object.keys(people[0]), [
    ...['id', 'username', 'displayName', 'avatarUrl', 'isBot'],
    ...['email', 'hasPassword', 'createdAt', 'lastSeenAt', 'disabledAt'],
  ])
  const found = async (search: string): Promise<string[]> =>
    JSON.parse((await runBeside(t, server, ['users', 'list', '--json', '--search', search])).stdout).map(
      ({ username }: { username: string }) => username,
    )
  t.deepEqual(await found('ALI'), ['alice'])
  t.deepEqual(await found('l_'), ['al_ex'], 'what SQL takes for a wildcard stands for itself')
  t.deepEqual(await found('%'), [])
  server.query("UPDATE users SET display_name = 'Иван Ärger' WHERE username = 'bob'")
  t.deepEqual(await found('Иван Ä'), ['bob'])
  const cut = await runBeside(t, server, ['users', 'list', '--limit', '2'])
  t.is(cut.stdout.trimEnd().split('\n').length, 3)
  t.is(cut.stderr, '2 of 3; --limit all shows all\n')
  t.false((all.stdout + cut.stdout).includes('password'), 'no hash, no password')
})

test('an account is shown with its sessions, linked accounts and invite, named in three ways', async (t) => {
  const server = await startNow(t)
  const { user } = await registerPerson(server)
  await logIn(server)
  linkAccount(server, user.id)
  const shown = await Promise.all(
    ['ALICE', 'Alice@example.com', user.id.toUpperCase()].map(
      async (name) => (await runBeside(t, server, ['users', 'show', name, '--json'])).stdout,
    ),
  )
  t.is(new Set(shown).size, 1)
  const alice = JSON.parse(shown[0] ?? '')
  t.like(alice, { username: 'alice', email: 'alice@example.com', hasPassword: true, disabledAt: null, bots: [] })
  t.is(alice.sessions.length, 2)
  t.is(alice.oauthAccounts.length, 1)
  t.regex(alice.inviteId, /^[0-9a-f-]{36}$/)
  t.notRegex(shown[0] ?? '', /hash|scrypt/i)
})

test('who is disabled is refused at once by a running server, and let in again when enabled', async (t) => {
  const server = await startNow(t)
  const { token, user } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const { stdout } = await runBeside(t, server, ['users', 'disable', 'alice'])
  t.is(stdout, 'alice is shut out; 1 session ended.\n')
  assertProblem(t, await server.request('GET', '/api/auth/me', { token }), 401, 'session_ended')
  assertProblem(t, await server.request('POST', '/api/auth/refresh', { token }), 401, 'session_ended')
  assertProblem(t, await logIn(server), 403, 'account_disabled')
  t.is((await server.request('GET', '/api/auth/me', { token: bob.token })).status, 200, 'nobody else')
  assertFailure(t, await runBeside(t, server, ['users', 'disable', 'alice']), /alice is disabled already/)
  t.is((await runBeside(t, server, ['users', 'enable', 'alice'])).stdout, 'alice can sign in again.\n')
  assertFailure(t, await runBeside(t, server, ['users', 'enable', 'alice']), /alice is not disabled/)
  assertProblem(t, await server.request('GET', '/api/auth/me', { token }), 401, 'session_ended')
  t.is((await logIn(server)).status, 200)
  t.deepEqual(events(server).slice(2), [
    { event: 'account.disabled', user_id: user.id, details: '{"sessions":1}' },
    { event: 'account.enabled', user_id: user.id, details: null },
    { event: 'sign_in.succeeded', user_id: user.id, details: null },
  ])
})

test('ending the sessions of an account ends each of them, and no other', async (t) => {
  const server = await startNow(t)
  const { token } = await registerPerson(server)
  const second = (await logIn(server)).body.token
  const bob = await registerPerson(server, 'bob')
  const { stdout } = await runBeside(t, server, ['users', 'end-sessions', 'alice@example.com'])
  t.is(stdout, '2 sessions of alice ended.\n')
  for (const each of [token, second]) {
    assertProblem(t, await server.request('GET', '/api/auth/me', { token: each }), 401, 'session_ended')
  }
  t.is((await server.request('GET', '/api/auth/me', { token: bob.token })).status, 200)
  t.is((await logIn(server)).status, 200)
})

test('an account is deleted only with --yes; its rows go, its names are free, and the audit trail keeps the id', async (t) => {
  const server = await startNow(t)
  const { token, user } = await registerPerson(server)
  linkAccount(server, user.id)
  await logIn(server, 'alice', 'a wrong password')
  assertFailure(t, await runBeside(t, server, ['users', 'delete', 'alice']), /add --yes if it is meant/)
  t.is((await server.request('GET', '/api/auth/me', { token })).status, 200)
  await runBeside(t, server, ['users', 'delete', 'alice', '--yes'])
  assertProblem(t, await server.request('GET', '/api/auth/me', { token }), 401, 'session_ended')
  assertProblem(t, await logIn(server), 401, 'invalid_credentials')
  const ofUser = ['sessions', 'oauth_accounts', 'invite_uses', 'idempotency_keys', 'password_reset_codes']
  for (const table of ofUser) t.deepEqual(server.query(`SELECT * FROM ${table}`), [], table)
  t.deepEqual(server.query('SELECT * FROM users'), [])
  t.deepEqual(server.query('SELECT * FROM known_networks'), [])
  t.deepEqual(events(server), [
    { event: 'account.registered', user_id: user.id, details: null },
    { event: 'sign_in.failed', user_id: user.id, details: null },
    { event: 'account.deleted', user_id: user.id, details: null },
    { event: 'sign_in.failed', user_id: null, details: '{"attempts":1}' },
  ])
  t.false(readFileSync(server.file).includes('alice@example.com'), 'nothing of it is left in the file')
  t.not((await registerPerson(server)).user.id, user.id)
})
