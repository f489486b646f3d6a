import { readFileSync } from 'node:fs'
import test from 'ava'
import { saveLastSeen } from '../../server/presence/save-last-seen.ts'
import { registerPerson } from '../helpers/people.ts'
import { createViewer, disconnect, longTokens, named } from '../helpers/presence.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

const iso = (ms: number): string => new Date(ms).toISOString()

const stored = (server: TestServer, id: string): unknown =>
  server.query<{ last_seen_at: number | null }>('SELECT last_seen_at FROM users WHERE id = ?', id)[0]?.last_seen_at

test('after a restart everyone is offline until seen, and lastSeenAt is kept', async (t) => {
  const before = await startServer(t, { settings: longTokens })
  const { token, user } = await registerPerson(before)
  const bob = await registerPerson(before, 'bob')
  await getMe(before, token)
  before.clock.advance(10_000)
  await getMe(before, token)
  const lastSeenAt = iso(before.clock.now())
  before.clock.advance(10_000)
  await before.stop()
  const server = await startServer(t, { file: before.file, clock: before.clock, settings: longTokens })
  const look = await createViewer(server)
  t.deepEqual(await look(user.id), { status: 'offline', lastSeenAt })
  t.deepEqual(await look(bob.user.id), { status: 'offline', lastSeenAt: null })
  await getMe(server, token)
  t.deepEqual(await look(user.id), { status: 'online', lastSeenAt: iso(server.clock.now()) })
})

test('no request writes when somebody was last seen', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  await getMe(server, token)
  await saveLastSeen(server.auth.deps)
  const writeAheadLog = () => readFileSync(`${server.file}-wal`)
  const before = writeAheadLog()
  for (let count = 0; count < 50; count += 1) await getMe(server, token, named(`tab${count % 5}`))
  await disconnect(server, token)
  await server.request('GET', `/api/auth/users/${user.id}`, { token })
  t.true(writeAheadLog().equals(before))
})

test('what is written is when somebody came and went, and it never moves back', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const { token, user } = await registerPerson(server)
  const { deps } = server.auth
  await getMe(server, token)
  const came = server.clock.now()
  await saveLastSeen(deps)
  t.is(stored(server, user.id), came)
  server.clock.advance(20_000)
  await getMe(server, token)
  await saveLastSeen(deps)
  t.is(stored(server, user.id), came)
  server.clock.advance(60_000)
  await saveLastSeen(deps)
  t.is(stored(server, user.id), came + 20_000)
  server.query('UPDATE users SET last_seen_at = ?', server.clock.now() + 5000)
  await getMe(server, token)
  await disconnect(server, token)
  await saveLastSeen(deps)
  t.is(stored(server, user.id), server.clock.now() + 5000)
})

test('lastSeenAt is the time of the last request, online or offline, before and after it is written', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  for (let count = 0; count < 3; count += 1) {
    server.clock.advance(20_000)
    await getMe(server, token, named(`tab${count}`))
    t.deepEqual(await look(user.id), { status: 'online', lastSeenAt: iso(server.clock.now()) })
    await saveLastSeen(server.auth.deps)
  }
  const lastSeenAt = iso(server.clock.now())
  server.clock.advance(5000)
  await disconnect(server, token, named('tab2'))
  t.deepEqual(await look(user.id), { status: 'online', lastSeenAt })
  await disconnect(server, token)
  t.deepEqual(await look(user.id), { status: 'offline', lastSeenAt })
  await saveLastSeen(server.auth.deps)
  t.deepEqual(await look(user.id), { status: 'offline', lastSeenAt })
})

test('more people than one transaction takes are all written', async (t) => {
  const server = await startServer(t)
  const { user } = await registerPerson(server)
  const columns = 'username, display_name, is_bot, created_at'
  const ids = Array.from({ length: 450 }, (_, index) => `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`)
  const values = ids.map((id) => `('${id}', 'user${id.slice(-4)}', 'User', 0, 0)`).join(', ')
  server.query(`INSERT INTO users (id, ${columns}) VALUES ${values}`)
  for (const id of ids) {
    server.auth.deps.presence.mark({ id, userId: id }, undefined, 1)
  }
  await saveLastSeen(server.auth.deps)
  const seen = server.query('SELECT id FROM users WHERE last_seen_at = ?', server.clock.now())
  t.is(seen.length, 450)
  t.is(stored(server, user.id), null)
})

test('what cannot be written now is known meanwhile, and written the next time', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, token)
  await disconnect(server, token)
  const seenAt = server.clock.now()
  server.query("CREATE TRIGGER full BEFORE UPDATE ON users BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
  await t.throwsAsync(saveLastSeen(server.auth.deps), { message: 'the disk is full' })
  t.deepEqual(await look(user.id), { status: 'offline', lastSeenAt: iso(seenAt) })
  server.query('DROP TRIGGER full')
  server.clock.advance(10_000)
  await saveLastSeen(server.auth.deps)
  t.is(stored(server, user.id), seenAt)
})

test('while it is being written it is known too', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  await getMe(server, token)
  await disconnect(server, token)
  const saving = saveLastSeen(server.auth.deps)
  t.is(server.auth.deps.presence.findLastSeen(user.id), server.clock.now())
  await saving
  t.is(server.auth.deps.presence.findLastSeen(user.id), undefined)
  t.is(stored(server, user.id), server.clock.now())
})

test('who comes and goes while the last time is being written is written again', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  await getMe(server, token)
  await disconnect(server, token)
  const { deps } = server.auth
  const saving = saveLastSeen(deps)
  server.clock.advance(1000)
  const session = { id: crypto.randomUUID(), userId: user.id }
  deps.presence.mark(session, undefined, deps.presence.nextArrival())
  deps.presence.disconnect(session)
  await saving
  t.is(stored(server, user.id), server.clock.now() - 1000)
  await saveLastSeen(deps)
  t.is(stored(server, user.id), server.clock.now())
})
