import { createHash } from 'node:crypto'
import test from 'ava'
import { rotateSigningKey } from '../../server/sessions/signing-keys.ts'
import { addPerson } from '../helpers/add-person.ts'
import { clearAway, day } from '../helpers/audit-trail.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, refresh } from '../helpers/tokens.ts'

const minute = 60_000

const namesOf = (server: TestServer, table: string, column: string): unknown[] =>
  server.query(`SELECT ${column} AS name FROM ${table} ORDER BY ${column}`).map(({ name }) => name)

const hash = (text: string): Buffer => createHash('sha256').update(text).digest()

test('sessions go 30 days after they ended or expired, and no sooner; their tokens are answered as before', async (t) => {
  const server = await startServer(t)
  const { token, user } = await addPerson(server)
  const now = server.clock.now()
  const ago = (ms: number) => now - 30 * day + ms
  // Neither is the order of ids that of the ends.
  const times: Record<string, [expiresAt: number, endedAt: number | null]> = {
    'expired long ago': [ago(0), null],
    'expired a moment too late': [ago(1), null],
    'ended long ago': [now + day, ago(0)],
    'ended a moment too late': [now + day, ago(1)],
    'lives for long': [now + day, null],
    'expired, and ended before': [ago(1), ago(-5)],
  }
  for (const [name, [expiresAt, endedAt]] of Object.entries(times)) {
    server.query(
      'INSERT INTO sessions (id, user_id, generation, created_at, authenticated_at, rotated_at, expires_at, ended_at, ' +
        'end_reason, user_agent) VALUES (?, ?, 1, 1, 1, 1, ?, ?, ?, ?)',
      ...[server.auth.deps.newId(), user.id, expiresAt, endedAt, endedAt && 'logged_out', name],
    )
  }
  await clearAway(server)
  const kept = ['ended a moment too late', 'expired a moment too late', 'lives for long']
  t.deepEqual(
    namesOf(server, 'sessions', 'user_agent').filter((name) => name !== null),
    kept,
  )
  t.is((await getMe(server, token)).status, 200)
  await server.request('POST', '/api/auth/logout', { token })
  server.clock.advance(29 * day)
  await clearAway(server)
  assertProblem(t, await refresh(server, token), 401, 'session_ended')
  server.clock.advance(31 * day)
  await clearAway(server)
  t.deepEqual(server.query('SELECT id FROM sessions'), [])
  assertProblem(t, await refresh(server, token), 401, 'session_ended')
})

test('invites that nobody used go 90 days after they expired or were revoked; a used one tells who joined', async (t) => {
  const server = await startServer(t)
  const now = server.clock.now()
  const { user } = await registerPerson(server)
  const before = now - 90 * day
  const invites: Record<string, [uses: number, expiresAt: number | null, revokedAt: number | null]> = {
    'expired long ago': [0, before, null],
    'expired a moment too late': [0, before + 1, null],
    'revoked long ago': [0, null, before],
    'revoked a moment too late': [0, null, before + 1],
    'good for ever': [0, null, null],
    'expired long ago, used by somebody who left': [1, before, null],
    'expired long ago, with a use': [0, before, null],
  }
  for (const [note, [uses, expiresAt, revokedAt]] of Object.entries(invites)) {
    const id = server.auth.deps.newId()
    server.query(
      'INSERT INTO invites (id, code_hash, uses, created_at, expires_at, revoked_at, is_first_start, note) ' +
        'VALUES (?, ?, ?, 1, ?, ?, 0, ?)',
      ...[id, hash(note), uses, expiresAt, revokedAt, note],
    )
    if (note.endsWith('with a use')) server.query('INSERT INTO invite_uses VALUES (?, ?, 1)', id, user.id)
  }
  await clearAway(server)
  const gone = ['expired long ago', 'revoked long ago']
  t.deepEqual(
    namesOf(server, 'invites', 'note').filter((name) => name !== null),
    Object.keys(invites)
      .filter((note) => !gone.includes(note))
      .sort(),
  )
  const uses = server.query('SELECT note FROM invites JOIN invite_uses ON invite_id = id WHERE uses = 1')
  t.is(uses.length, 1, 'how alice joined is known')
})

test('sign-ins through providers go when they have expired', async (t) => {
  const server = await startServer(t)
  const insert = `INSERT INTO oauth_flows (state_hash, secret_hash, provider, code_verifier, nonce, return_to, expires_at)
    VALUES (?, ?, 'github', '', '', '', ?)`
  server.query(insert, hash('good'), hash('secret'), server.clock.now() + 1)
  server.query(insert, hash('expired'), hash('secret'), server.clock.now())
  await clearAway(server)
  t.deepEqual(server.query('SELECT state_hash FROM oauth_flows'), [{ state_hash: hash('good') }])
})

test('codes for a new password go when they have expired', async (t) => {
  const server = await startServer(t)
  const now = server.clock.now()
  for (const [name, expiresAt] of [
    ['good', now + 1],
    ['expired', now],
    ['old', 1],
  ] as const) {
    const { user } = await addPerson(server, name)
    server.query('INSERT INTO password_reset_codes VALUES (?, ?, 1, ?)', hash(name), user.id, expiresAt)
  }
  await clearAway(server)
  t.deepEqual(server.query('SELECT code_hash FROM password_reset_codes'), [{ code_hash: hash('good') }])
})

test('what was remembered of a registration goes after a day', async (t) => {
  const server = await startServer(t)
  const { user } = await addPerson(server)
  const now = server.clock.now()
  const ages = { young: now - day + 1, old: now - day, older: 1 }
  for (const [name, createdAt] of Object.entries(ages)) {
    server.query('INSERT INTO idempotency_keys VALUES (?, ?, ?, ?)', name, hash(name), user.id, createdAt)
  }
  await clearAway(server)
  t.deepEqual(namesOf(server, 'idempotency_keys', 'idempotency_key'), ['young'])
})

test('networks that nobody signed in from for 90 days go, and failures of which nothing is left to count', async (t) => {
  const server = await startServer(t)
  const now = server.clock.now()
  const before = now - 90 * day
  const networks: Record<string, number> = { 'long ago': before, 'a moment too late': before + 1 }
  const failures: Record<string, number> = { '*': now, 'leaked away': now, 'a moment too late': now + 1 }
  for (const key of ['one', 'another']) {
    for (const [network, signedInAt] of Object.entries(networks)) {
      server.query('INSERT INTO known_networks VALUES (?, ?, ?, ?, ?)', hash(key), network, signedInAt, now, now + day)
    }
    for (const [network, forgottenAt] of Object.entries(failures)) {
      server.query('INSERT INTO sign_in_failures VALUES (?, ?, 1, ?)', hash(key), network, forgottenAt)
    }
  }
  await clearAway(server)
  for (const table of ['known_networks', 'sign_in_failures']) {
    t.deepEqual(namesOf(server, table, 'network'), ['a moment too late', 'a moment too late'])
  }
})

test('signing keys go when no living session can hold a token of them', async (t) => {
  const server = await startServer(t)
  const { db, now } = server.auth.deps
  const rotate = async () => (await db.transaction().execute((trx) => rotateSigningKey(trx, now()))).id
  const [first] = namesOf(server, 'signing_keys', 'id')
  const second = await rotate()
  server.clock.advance(10 * minute + 180 * day - 1)
  await clearAway(server)
  t.deepEqual(namesOf(server, 'signing_keys', 'id'), [first, second].sort())
  server.clock.advance(3_600_000)
  await clearAway(server)
  t.deepEqual(namesOf(server, 'signing_keys', 'id'), [second], 'and never the newest')
  server.clock.advance(1000 * day)
  await clearAway(server)
  t.deepEqual(namesOf(server, 'signing_keys', 'id'), [second])
})

test('people, bots and what else is theirs stay', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  server.clock.advance(1000 * day)
  await clearAway(server)
  t.is((await logIn(server)).status, 200)
  t.is(server.query('SELECT username FROM users').length, 1)
})
