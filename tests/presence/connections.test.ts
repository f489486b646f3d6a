import test from 'ava'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { createViewer, disconnect, longTokens, named } from '../helpers/presence.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, refresh } from '../helpers/tokens.ts'

test('of two tabs one may close: the person stays online until the other does', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, token, named('one'))
  await getMe(server, token, named('two'))
  t.is((await disconnect(server, token, named('one'))).status, 204)
  t.is((await look(user.id)).status, 'online')
  t.is((await disconnect(server, token, named('one'))).status, 204)
  t.is((await look(user.id)).status, 'online')
  t.is((await disconnect(server, token, named('two'))).status, 204)
  t.is((await look(user.id)).status, 'offline')
})

test('a tab that closes leaves the unnamed connection of its session online', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, token)
  await getMe(server, token, named('one'))
  await disconnect(server, token, named('one'))
  t.is((await look(user.id)).status, 'online')
  await disconnect(server, token)
  t.is((await look(user.id)).status, 'offline')
})

test('an unnamed farewell ends every tab of its session', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  for (const tab of ['one', 'two', 'three']) await getMe(server, token, named(tab))
  t.is((await disconnect(server, token)).status, 204)
  t.is((await look(user.id)).status, 'offline')
})

test('a farewell leaves the person’s other session online, also when its tab has the same name', async (t) => {
  const server = await startServer(t)
  const { token: laptop, user } = await registerPerson(server)
  const phone = (await logIn(server)).body.token
  const look = await createViewer(server)
  for (const token of [laptop, phone]) await getMe(server, token, named('tab'))
  await disconnect(server, laptop, named('tab'))
  t.is((await look(user.id)).status, 'online')
  await disconnect(server, laptop)
  t.is((await look(user.id)).status, 'online')
  await disconnect(server, phone)
  t.is((await look(user.id)).status, 'offline')
})

test('tabs go offline each 60 seconds after its own last request', async (t) => {
  const server = await startServer(t, { settings: longTokens })
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, token, named('one'))
  server.clock.advance(40_000)
  await getMe(server, token, named('two'))
  const lastSeenAt = new Date(server.clock.now()).toISOString()
  server.clock.advance(59_999)
  t.deepEqual(await look(user.id), { status: 'online', lastSeenAt })
  server.clock.advance(1)
  t.deepEqual(await look(user.id), { status: 'offline', lastSeenAt })
})

test('a refresh marks the tab that it names', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await refresh(server, token, named('one'))
  t.is((await look(user.id)).status, 'online')
  await disconnect(server, token, named('one'))
  t.is((await look(user.id)).status, 'offline')
})

const badNames = ['', ' ', 'a b', 'a/b', 'ä'.normalize('NFC'), 'x'.repeat(65), 'one, two', '{}', 'a.b']

test('a name that is none is refused as validation_failed, and marks nothing', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  for (const name of badNames) {
    const answers = [await getMe(server, token, named(name)), await disconnect(server, token, named(name))]
    for (const answer of answers) {
      assertProblem(t, answer, 422, 'validation_failed')
      t.deepEqual(
        answer.body.errors.map(({ path }: { path: string }) => path),
        ['Guestlist-Connection'],
      )
    }
  }
  t.false(server.auth.deps.presence.isOnline(user.id))
  for (const name of ['a', '0', '_-_', 'x'.repeat(64), crypto.randomUUID()]) {
    t.is((await getMe(server, token, named(name))).status, 200)
  }
})
