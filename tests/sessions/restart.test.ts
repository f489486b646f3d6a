import test, { type ExecutionContext } from 'ava'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { generationOf, getMe, refresh, refreshed, sessionRow } from '../helpers/tokens.ts'

const minute = 60_000

async function restart(t: ExecutionContext, server: TestServer): Promise<TestServer> {
  await server.stop()
  return await startServer(t, { file: server.file, clock: server.clock })
}

test('sessions outlive a restart', async (t) => {
  const before = await startServer(t)
  const { token } = await registerPerson(before)
  const current = await refreshed(before, token)
  const after = await restart(t, before)
  t.is((await getMe(after, current)).status, 200)
  t.is(generationOf(await refreshed(after, current)), 3)
})

test('an answer that the stop swallowed is given again', async (t) => {
  const before = await startServer(t)
  const { token } = await registerPerson(before)
  await refreshed(before, token)
  const after = await restart(t, before)
  after.clock.advance(minute)
  t.is(generationOf(await refreshed(after, token)), 3)
})

test('a restart forgets which token was used, and yet the owner’s next refresh uncovers a thief', async (t) => {
  const before = await startServer(t)
  const { token: stolen } = await registerPerson(before)
  const owners = await refreshed(before, stolen)
  await getMe(before, owners)
  before.clock.advance(minute)
  const after = await restart(t, before)
  const thiefs = await refreshed(after, stolen)
  t.is(generationOf(thiefs), 3)
  t.is((await getMe(after, thiefs)).status, 200)
  after.clock.advance(minute)
  assertProblem(t, await refresh(after, owners), 401, 'token_reused')
  assertProblem(t, await refresh(after, thiefs), 401, 'session_ended')
  t.is(sessionRow(after, stolen).end_reason, 'token_reused')
})

test('after a restart the owner’s first request is enough to uncover a thief who comes after it', async (t) => {
  const before = await startServer(t)
  const { token: stolen } = await registerPerson(before)
  const owners = await refreshed(before, stolen)
  before.clock.advance(minute)
  const after = await restart(t, before)
  t.is((await getMe(after, owners)).status, 200)
  assertProblem(t, await refresh(after, stolen), 401, 'token_reused')
})

test('what ended before a restart stays ended', async (t) => {
  const before = await startServer(t)
  const { token } = await registerPerson(before)
  await before.request('POST', '/api/auth/logout', { token })
  const after = await restart(t, before)
  assertProblem(t, await refresh(after, token), 401, 'session_ended')
})
