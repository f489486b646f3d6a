import test from 'ava'
import { sql } from 'kysely'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

test('a server whose data file cannot be written is not ready, and is again once it can', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const readiness = () => server.request('GET', '/readyz')
  t.deepEqual((await readiness()).body, { status: 'ready' })
  await sql`pragma query_only = on`.execute(server.auth.deps.db)
  await server.auth.doSlowWork()
  assertProblem(t, await logIn(server), 503, 'database_unavailable')
  assertProblem(t, await readiness(), 503, 'database_unavailable')
  assertProblem(t, await readiness(), 503, 'database_unavailable')
  t.is((await server.request('GET', '/healthz')).status, 200, 'it lives')
  t.regex(server.log(), /"part":"write probe".*"regular work failed"/)
  await sql`pragma query_only = off`.execute(server.auth.deps.db)
  await server.auth.doSlowWork()
  t.deepEqual((await readiness()).body, { status: 'ready' })
  t.is((await logIn(server)).status, 200)
})

test('whether it can be written is found out by writing, and only while somebody asks', async (t) => {
  const server = await startServer(t)
  const probe = () => server.query('SELECT id, written_at FROM write_probe')
  await server.auth.doSlowWork()
  t.deepEqual(probe(), [{ id: 1, written_at: 0 }])
  await server.request('GET', '/readyz')
  const first = server.clock.now()
  await server.auth.doSlowWork()
  t.deepEqual(probe(), [{ id: 1, written_at: first }])
  server.clock.advance(10_000)
  await server.auth.doSlowWork()
  t.deepEqual(probe(), [{ id: 1, written_at: first }], 'nobody has asked since')
})
