import test from 'ava'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { attempt, attemptRightly, behindProxy, failTimes } from '../helpers/sign-in-attempts.ts'
import { startServer } from '../helpers/start-server.ts'

const second = 1000
const waits = [60, 300, 3600, 3600, 3600]

for (const email of ['alice@example.com', 'nobody@example.com']) {
  test(`five wrong passwords are free; then each has a minute, 5 minutes, an hour to wait: ${email}`, async (t) => {
    const server = await startServer(t)
    await registerPerson(server)
    for (let count = 0; count < 5; count += 1) {
      assertProblem(t, await attempt(server, { email }), 401, 'invalid_credentials')
    }
    for (const wait of waits) {
      const refused = await attempt(server, { email })
      assertProblem(t, refused, 429, 'rate_limited')
      t.is(refused.headers.get('retry-after'), String(wait))
      server.clock.advance((wait - 1) * second)
      t.is((await attempt(server, { email })).headers.get('retry-after'), '1')
      server.clock.advance(second - 1)
      t.is((await attempt(server, { email })).headers.get('retry-after'), '1')
      server.clock.advance(1)
      assertProblem(t, await attempt(server, { email }), 401, 'invalid_credentials')
    }
  })
}

test('while a sign-in waits even the right password is refused, and no session is opened', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  await failTimes(server, 4)
  await attempt(server, {})
  assertProblem(t, await attemptRightly(server), 429, 'rate_limited')
  t.is(server.query('SELECT id FROM sessions').length, 1)
  server.clock.advance(60 * second)
  t.is((await attemptRightly(server)).status, 200)
})

test('a success starts the count of its network anew', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  for (let round = 0; round < 3; round += 1) {
    await failTimes(server, 4)
    t.is((await attemptRightly(server)).status, 200)
  }
  await failTimes(server, 4)
  assertProblem(t, await attempt(server, {}), 401, 'invalid_credentials')
  assertProblem(t, await attempt(server, {}), 429, 'rate_limited')
})

test('the count is of the account: letter case does not start another', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const spellings = [
    'alice@example.com',
    'Alice@example.com',
    'ALICE@EXAMPLE.COM',
    'alice@Example.com',
    'aLice@example.com',
  ]
  for (const email of spellings) assertProblem(t, await attempt(server, { email }), 401, 'invalid_credentials')
  assertProblem(t, await attempt(server, { email: 'alicE@example.com' }), 429, 'rate_limited')
})

test('the count of one account is not that of another', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  await failTimes(server, 5, { email: 'nobody@example.com' })
  t.is((await attemptRightly(server)).status, 200)
})

test('a login that is refused by its form is not counted', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  for (let count = 0; count < 7; count += 1) {
    const body = { email: 'alice@example.com', password: 1 }
    assertProblem(t, await server.request('POST', '/api/auth/login', { body }), 422, 'validation_failed')
  }
  t.is((await attemptRightly(server)).status, 200)
})

test('the count survives a restart', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  for (let count = 0; count < 5; count += 1) await attempt(server, {})
  await server.stop()
  const restarted = await startServer(t, { file: server.file, clock: server.clock })
  const refused = await attemptRightly(restarted)
  assertProblem(t, refused, 429, 'rate_limited')
  t.is(refused.headers.get('retry-after'), '60')
})

test('whoever changes the address has five free tries from each network, and a hundred in all', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerPerson(server)
  for (let network = 1; network <= 20; network += 1) {
    for (let count = 0; count < 5; count += 1) {
      assertProblem(t, await attempt(server, { from: `198.51.${network}.${count}` }), 401, 'invalid_credentials')
    }
    const sixth = await attempt(server, { from: `198.51.${network}.99` })
    assertProblem(t, sixth, 429, 'rate_limited')
    t.is(sixth.headers.get('retry-after'), network < 20 ? '60' : '43200')
  }
  assertProblem(t, await attempt(server, { from: '198.18.0.1' }), 429, 'rate_limited')
})

test('five wrong passwords of a stranger keep nobody else waiting', async (t) => {
  const server = await startServer(t, behindProxy)
  await registerPerson(server)
  for (let count = 0; count < 5; count += 1) await attempt(server, { from: '198.51.100.1' })
  assertProblem(t, await attemptRightly(server, '198.51.100.2'), 429, 'rate_limited')
  t.is((await attemptRightly(server, '198.18.0.1')).status, 200)
})

test('a clock that is put back does not make the wait longer', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  for (let count = 0; count < 5; count += 1) await attempt(server, {})
  server.clock.advance(-86_400_000)
  const refused = await attemptRightly(server)
  t.is(refused.headers.get('retry-after'), '60')
})

test('what is kept of the count is no email address', async (t) => {
  const server = await startServer(t)
  await attempt(server, { email: 'nobody@example.com' })
  const rows = server.query<{ account_key: Uint8Array }>('SELECT * FROM sign_in_failures ORDER BY network')
  const now = server.clock.now()
  t.like(rows[0], { network: '*', failed_at: now, forgotten_at: now + 43_200_000 })
  t.like(rows[1], { network: '127.0.0.0/24', failed_at: now, forgotten_at: now + 86_400_000 })
  for (const row of rows) t.is(row.account_key.length, 32)
})
