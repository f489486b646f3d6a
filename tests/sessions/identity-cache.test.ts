import test from 'ava'
import { IdentityCache } from '../../server/sessions/identity-cache.ts'
import { connectBeside } from '../helpers/data-files.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, refreshed } from '../helpers/tokens.ts'

const identity = (userId: string) => ({ account: { user: { id: userId } } })

test('a known token is answered from memory, and what another process changed is noticed', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  t.is((await getMe(server, token)).body.displayName, 'alice')
  const beside = connectBeside(t, server.file)
  beside.prepare("UPDATE users SET display_name = 'Alice B' WHERE id = ?").run(user.id)
  await server.auth.beat()
  t.is((await getMe(server, token)).body.displayName, 'Alice B')
  beside.prepare("UPDATE sessions SET ended_at = 1, end_reason = 'x' WHERE user_id = ?").run(user.id)
  await server.auth.beat()
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
  t.is((await getMe(server, bob.token)).status, 200, 'nobody else')
})

test('a known token is looked up once, and anew when its session or its profile has changed', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { sessionCache } = server.auth.deps
  const load = sessionCache.load.bind(sessionCache)
  let lookUps = 0
  sessionCache.load = (key, read) => {
    lookUps += 1
    return load(key, read)
  }
  for (let count = 0; count < 20; count += 1) t.is((await getMe(server, token)).status, 200)
  t.is(lookUps, 1)
  await server.request('PATCH', '/api/auth/me', { token, body: { displayName: 'Alice B' } })
  t.is((await getMe(server, token)).body.displayName, 'Alice B')
  t.is(lookUps, 2)
  const next = await refreshed(server, token)
  t.is((await getMe(server, next)).status, 200)
  t.is(lookUps, 3)
})

test('who was let in again is let in at once, whatever memory says', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  await getMe(server, token)
  const beside = connectBeside(t, server.file)
  beside.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?').run(user.id)
  await server.auth.beat()
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
  beside.prepare('UPDATE users SET disabled_at = NULL WHERE id = ?').run(user.id)
  t.is((await getMe(server, token)).status, 200)
})

test('a token that another server on the same file has just made is good here too', async (t) => {
  const first = await startServer(t)
  const { token } = await registerPerson(first)
  await getMe(first, token)
  const second = await startServer(t, { file: first.file, clock: first.clock })
  const next = await refreshed(second, token)
  t.is((await getMe(first, next)).status, 200)
})

test('what was read before something was forgotten is not kept after', async (t) => {
  const cache = new IdentityCache<ReturnType<typeof identity>>()
  const changes = [
    () => cache.forget('key'),
    () => cache.forgetUser('alice'),
    () => cache.clear(),
    () => cache.forget('another key'),
  ]
  for (const change of changes) {
    const found = await cache.load('key', async () => {
      const read = identity('alice')
      change()
      return read
    })
    t.deepEqual(found, identity('alice'))
    t.is(cache.find('key'), undefined)
  }
  await cache.load('key', async () => identity('alice'))
  t.deepEqual(cache.find('key'), identity('alice'))
  await cache.load('key', async () => undefined)
  t.is(cache.find('key'), undefined, 'gone meanwhile')
})

test('memory is bounded, and forgetting a user forgets all that is of the user and nothing else', async (t) => {
  const cache = new IdentityCache<ReturnType<typeof identity>>()
  for (let count = 0; count < 20_010; count += 1) {
    await cache.load(`key${count}`, async () => identity(count % 2 === 0 ? 'alice' : 'bob'))
  }
  const kept = (from: number) => Array.from({ length: 20_010 - from }, (_, index) => cache.find(`key${from + index}`))
  t.is(kept(0).filter((each) => each !== undefined).length, 20_000)
  t.true(
    kept(10).every((each) => each !== undefined),
    'the newest are kept',
  )
  cache.forgetUser('alice')
  t.is(kept(0).filter((each) => each !== undefined).length, 10_000)
  t.is(cache.find('key20008'), undefined)
  t.deepEqual(cache.find('key20009'), identity('bob'))
})
