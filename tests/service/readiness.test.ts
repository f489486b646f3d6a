import test from 'ava'
import { sql } from 'kysely'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const readiness = (server: TestServer) => server.request('GET', '/readyz')

const setWritable = async ({ auth }: TestServer, isWritable: boolean): Promise<void> => {
  await sql`pragma query_only = ${sql.raw(isWritable ? 'off' : 'on')}`.execute(auth.deps.db)
}

test('the first question after a pause is answered by a write, and not by what was true before it', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  t.deepEqual((await readiness(server)).body, { status: 'ready' })
  await setWritable(server, false)
  server.clock.advance(5000)
  assertProblem(t, await readiness(server), 503, 'database_unavailable')
  t.is((await server.request('GET', '/healthz')).status, 200, 'it lives')
})

test('a write that fails makes the server unready at once, and one that works ready again', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  t.deepEqual((await readiness(server)).body, { status: 'ready' })
  await setWritable(server, false)
  assertProblem(t, await logIn(server), 503, 'database_unavailable')
  assertProblem(t, await readiness(server), 503, 'database_unavailable')
  assertProblem(t, await readiness(server), 503, 'database_unavailable')
  const told = server.log().match(/"reason":"not_writable".*"not ready: the data file cannot be written/g)
  t.is(told?.length, 1, 'it is told once')
  await setWritable(server, true)
  t.is((await logIn(server)).status, 200)
  t.deepEqual((await readiness(server)).body, { status: 'ready' })
  t.regex(server.log(), /"reason":"not_writable".*"ready again"/)
})

test('once the data file can be written again, the server is ready within a second of questions alone', async (t) => {
  const server = await startServer(t)
  await setWritable(server, false)
  server.clock.advance(5000)
  assertProblem(t, await readiness(server), 503, 'database_unavailable')
  await setWritable(server, true)
  server.clock.advance(1000)
  t.deepEqual((await readiness(server)).body, { status: 'ready' })
})

test('a read and a transaction that changes nothing do not make an unready server ready', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { db } = server.auth.deps
  await sql`pragma max_page_count = 1`.execute(db)
  const grow = db.updateTable('invites').set({ note: 'x'.repeat(1_000_000) })
  await t.throwsAsync(grow.execute(), { code: 'SQLITE_FULL' })
  t.is((await server.request('GET', '/api/auth/me', { token })).status, 200)
  await db.transaction().execute(async (trx) => await trx.selectFrom('users').select('id').execute())
  assertProblem(t, await readiness(server), 503, 'database_unavailable')
})

test('a row is written only where no write has told lately, and one however many ask', async (t) => {
  const server = await startServer(t)
  const probes = () => server.query('SELECT id, written_at FROM write_probe')
  const writes = () => server.auth.deps.db.selectNoFrom(sql<number>`total_changes()`.as('all')).executeTakeFirst()
  await registerPerson(server)
  const first = probes()
  await readiness(server)
  t.deepEqual(probes(), first, 'the registration has just been written')
  server.clock.advance(60_000)
  await server.auth.doSlowWork()
  t.deepEqual(probes(), first, 'nobody asks')
  server.clock.advance(5000)
  const before = (await writes())?.all ?? 0
  await Promise.all(Array.from({ length: 50 }, () => readiness(server)))
  t.is((await writes())?.all, before + 1)
  t.deepEqual(probes(), [{ id: 1, written_at: server.clock.now() }])
})

test('a server whose data file cannot be written stops in order, and tells what it could not write', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await setWritable(server, false)
  t.is((await server.request('GET', '/api/auth/me', { token })).status, 200)
  await server.stop()
  t.regex(server.log(), /"part":"last seen".*"regular work failed"/)
  await t.throwsAsync(server.auth.deps.db.selectFrom('users').select('id').execute(), { message: /destroyed/ })
})

test('a reason of its own keeps the server unready, whatever other one ends', async (t) => {
  const server = await startServer(t)
  server.auth.deps.readiness.begin('draining')
  server.auth.deps.readiness.begin('not_writable', new Error('disk full'))
  server.auth.deps.readiness.end('not_writable')
  t.deepEqual((await readiness(server)).body, { status: 'draining' })
  t.is((await readiness(server)).status, 503)
})
