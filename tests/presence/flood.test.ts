import test from 'ava'
import { Presence } from '../../server/presence/presence.ts'
import { registerPerson } from '../helpers/people.ts'
import { createViewer, disconnect, named } from '../helpers/presence.ts'
import { createClock, startServer } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

test('of the connections that one person invents, the latest 64 are kept', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  for (let count = 0; count < 70; count += 1) t.is((await getMe(server, token, named(`tab${count}`))).status, 200)
  for (let count = 69; count > 6; count -= 1) await disconnect(server, token, named(`tab${count}`))
  t.is((await look(user.id)).status, 'online', 'the 64th is still there')
  await disconnect(server, token, named('tab6'))
  t.is((await look(user.id)).status, 'offline', 'those before were dropped')
})

test('a flood of names makes nobody else offline, and the person stays online', (t) => {
  const clock = createClock()
  const presence = new Presence(clock.now, 60_000)
  const [alice, bob] = [crypto.randomUUID(), crypto.randomUUID()]
  const mark = (userId: string, tab: string): void => presence.mark({ id: userId, userId }, tab, presence.nextArrival())
  mark(bob, 'tab')
  for (let count = 0; count < 10_000; count += 1) mark(alice, `tab${count}`)
  t.true(presence.isOnline(alice))
  t.true(presence.isOnline(bob))
  t.is(presence.connectionCount, 65)
  t.is(presence.findLastSeen(alice), clock.now())
  clock.advance(60_000)
  t.false(presence.isOnline(alice))
})

test('of too many connections of one person, the one that is dropped is the one seen longest ago, not the first made', (t) => {
  const presence = new Presence(createClock().now, 60_000)
  const userId = crypto.randomUUID()
  const session = { id: userId, userId }
  const mark = (tab: string): void => presence.mark(session, tab, presence.nextArrival())
  for (let count = 0; count < 64; count += 1) mark(`tab${count}`)
  mark('tab0')
  mark('another')
  t.is(presence.connectionCount, 64)
  // A farewell of one that was dropped ends nothing.
  presence.disconnect(session, 'tab1')
  t.is(presence.connectionCount, 64)
  presence.disconnect(session, 'tab0')
  t.is(presence.connectionCount, 63)
})
