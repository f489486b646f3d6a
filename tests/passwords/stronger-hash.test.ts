import test from 'ava'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const startWithCost = (t: Parameters<typeof startServer>[0], logN: number, of?: TestServer): Promise<TestServer> =>
  startServer(t, { overrides: { scryptCost: { logN, r: 8, p: 1 } }, ...(of && { file: of.file, clock: of.clock }) })

function readHash(server: TestServer): { logN: number | undefined; bytes: string } {
  const [row] = server.query<{ password_hash: Buffer }>('SELECT password_hash FROM users')
  return { logN: row?.password_hash.readUInt8(7), bytes: row?.password_hash.toString('hex') ?? '' }
}

test('a login replaces a hash of a lower cost than is asked for now', async (t) => {
  const server = await startWithCost(t, 4)
  await registerPerson(server)
  t.is(readHash(server).logN, 4)
  const stronger = await startWithCost(t, 6, server)
  t.is((await logIn(stronger)).status, 200)
  t.is(readHash(server).logN, 6)
  t.is((await logIn(stronger)).status, 200)
  t.is((await logIn(server)).status, 200)
})

test('a login leaves a hash of the same or of a higher cost as it is', async (t) => {
  const server = await startWithCost(t, 6)
  await registerPerson(server)
  const before = readHash(server)
  await logIn(server)
  t.deepEqual(readHash(server), before)
  t.is((await logIn(await startWithCost(t, 4, server))).status, 200)
  t.deepEqual(readHash(server), before)
})

test('a wrong password, or a disabled account, replaces nothing', async (t) => {
  const server = await startWithCost(t, 4)
  await registerPerson(server)
  const before = readHash(server)
  const stronger = await startWithCost(t, 6, server)
  assertProblem(t, await logIn(stronger, 'alice', 'not-the-right-one'), 401, 'invalid_credentials')
  server.query('UPDATE users SET disabled_at = 1')
  assertProblem(t, await logIn(stronger), 403, 'account_disabled')
  t.deepEqual(readHash(server), before)
})

test('20 right logins at once all succeed while the hash is replaced', async (t) => {
  const server = await startWithCost(t, 4)
  await registerPerson(server)
  const stronger = await startWithCost(t, 6, server)
  const answers = await Promise.all(Array.from({ length: 20 }, () => logIn(stronger)))
  t.deepEqual(
    answers.map(({ status }) => status),
    Array.from({ length: 20 }, () => 200),
  )
  t.is(readHash(server).logN, 6)
  t.is(server.query('SELECT id FROM sessions').length, 21)
  t.is((await logIn(stronger)).status, 200)
})
