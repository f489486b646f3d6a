import test from 'ava'
import { Presence, type PresenceOptions, type PresenceSession } from '../../server/presence/presence.ts'
import type { PresenceChange } from '../../server/presence/presence-changes.ts'
import { createClock } from '../helpers/start-server.ts'

const newSession = (userId: string = crypto.randomUUID()): PresenceSession => ({ id: crypto.randomUUID(), userId })

function start(options: PresenceOptions = {}) {
  const clock = createClock()
  const presence = new Presence(clock.now, 60_000, options)
  const told: PresenceChange[] = []
  const stop = presence.onChange((change) => told.push(change))
  const mark = (session: PresenceSession, tab?: string): void => presence.mark(session, tab, presence.nextArrival())
  return { clock, presence, told, stop, mark }
}

test('who comes online is told once, whatever else they do', (t) => {
  const { clock, told, mark } = start()
  const session = newSession()
  const { userId } = session
  mark(session)
  const change = { userId, isOnline: true, at: clock.now() }
  t.deepEqual(told, [change])
  clock.advance(1000)
  mark(session)
  mark(session, 'tab')
  mark(newSession(userId))
  t.deepEqual(told, [change])
})

const endings: Record<string, (presence: Presence, session: PresenceSession) => void> = {
  'a farewell': (presence, session) => presence.disconnect(session),
  'being shut out': (presence, { userId }) => presence.disconnectUser(userId),
  'the stop of the server': (presence) => presence.disconnectAll(),
}

for (const [name, end] of Object.entries(endings)) {
  test(`who goes offline by ${name} is told once, with the time they were last seen`, (t) => {
    const { clock, presence, told, mark } = start()
    const session = newSession()
    const { userId } = session
    mark(session)
    mark(session, 'tab')
    const at = clock.now()
    clock.advance(1000)
    end(presence, session)
    end(presence, session)
    t.false(presence.isOnline(userId))
    t.deepEqual(told.slice(1), [{ userId, isOnline: false, at }])
  })
}

test('who expires is told at the tick, last seen when they were last seen, and in that order', (t) => {
  const { clock, presence, told, mark } = start()
  const [first, second] = [newSession(), newSession()]
  mark(first)
  mark(second)
  clock.advance(1000)
  mark(first, 'tab')
  const at = clock.now()
  clock.advance(59_000)
  presence.expire()
  t.deepEqual(told.slice(2), [{ userId: second.userId, isOnline: false, at: at - 1000 }])
  clock.advance(999)
  presence.expire()
  t.is(told.length, 3)
  clock.advance(1)
  presence.expire()
  presence.expire()
  t.deepEqual(told.slice(3), [{ userId: first.userId, isOnline: false, at }])
})

test('a farewell of somebody who is not online changes nothing, and nor does the last of their tabs but one', (t) => {
  const { presence, told, mark } = start()
  const session = newSession()
  presence.disconnect(session)
  t.deepEqual(told, [])
  mark(session, 'one')
  mark(session, 'two')
  presence.disconnect(session, 'one')
  t.is(told.length, 1)
})

test('of more connections than a person may have, those that are dropped change nothing', (t) => {
  const { presence, told, mark } = start()
  const session = newSession()
  for (let count = 0; count < 200; count += 1) mark(session, `tab${count}`)
  t.is(presence.connectionCount, 64)
  t.is(told.length, 1)
})

test('a listener finds presence as the change left it, and may change it itself', (t) => {
  const { presence, told, mark } = start()
  const [first, second] = [newSession(), newSession()]
  const found: boolean[] = []
  presence.onChange(({ userId, isOnline }) => {
    found.push(presence.isOnline(userId) === isOnline)
    t.is(presence.listOnline({ limit: 10 }).userIds.length, presence.onlineCount)
    if (userId === first.userId && isOnline) mark(second)
    if (userId === first.userId && !isOnline) presence.disconnect(second)
  })
  mark(first)
  presence.disconnect(first)
  t.deepEqual(found, [true, true, true, true])
  t.deepEqual(
    told.map(({ userId, isOnline }) => [userId, isOnline]),
    [
      [first.userId, true],
      [second.userId, true],
      [first.userId, false],
      [second.userId, false],
    ],
  )
})

test('who has stopped listening hears nothing, and others go on hearing', (t) => {
  const { presence, told, stop, mark } = start()
  const others: PresenceChange[] = []
  presence.onChange((change) => others.push(change))
  mark(newSession())
  stop()
  stop()
  mark(newSession())
  presence.disconnectAll()
  t.is(told.length, 1)
  t.is(others.length, 4)
})

test('a listener that fails costs no later change', (t) => {
  const { presence, told, mark } = start()
  const [first, second] = [newSession(), newSession()]
  const stop = presence.onChange(() => {
    throw new Error('no more')
  })
  t.throws(() => mark(first), { message: 'no more' })
  t.true(presence.isOnline(first.userId))
  stop()
  mark(second)
  presence.disconnectAll()
  t.is(told.length, 4)
})
