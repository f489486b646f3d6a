import test from 'ava'
import { Presence, type PresenceSession } from '../../server/presence/presence.ts'
import { createClock } from '../helpers/start-server.ts'

const mostConnections = 100

function start() {
  const clock = createClock()
  const presence = new Presence(clock.now, 60_000, { mostConnections })
  const offline: string[] = []
  presence.onChange(({ userId, isOnline }) => {
    if (!isOnline) offline.push(userId)
  })
  const mark = (session: PresenceSession, tab?: string): void => presence.mark(session, tab, presence.nextArrival())
  return { clock, presence, offline, mark }
}

const newSession = (): PresenceSession => ({ id: crypto.randomUUID(), userId: crypto.randomUUID() })

const newSessions = (length: number): PresenceSession[] => Array.from({ length }, newSession)

test('beyond the most connections, those seen longest ago go offline, one for one', (t) => {
  const { presence, offline, mark } = start()
  const sessions = newSessions(250)
  for (const session of sessions.slice(0, 100)) mark(session)
  t.deepEqual(offline, [])
  // Seen again, the first is no longer the oldest.
  for (const session of [...sessions.slice(0, 1), ...sessions.slice(100)]) mark(session)
  t.is(presence.connectionCount, mostConnections)
  const gone = sessions.slice(1, 101).map(({ userId }) => userId)
  t.deepEqual(offline.slice(0, 100), [...gone.slice(0, 99), sessions[0]?.userId ?? ''])
  for (const { userId } of sessions.slice(0, 150)) t.false(presence.isOnline(userId))
  for (const { userId } of sessions.slice(150)) t.true(presence.isOnline(userId))
})

test('who was dropped keeps the time they were last seen, to be written', (t) => {
  const { clock, presence, mark } = start()
  const [first, ...others] = newSessions(mostConnections + 1) as [PresenceSession, ...PresenceSession[]]
  mark(first)
  const seenAt = clock.now()
  clock.advance(1000)
  for (const session of others) mark(session)
  t.is(presence.findLastSeen(first.userId), seenAt)
  t.deepEqual(
    presence.listUnsaved().filter(([userId]) => userId === first.userId),
    [[first.userId, seenAt]],
  )
})

test('who makes a connection while theirs is the oldest stays online throughout', (t) => {
  const { offline, mark } = start()
  const sessions = newSessions(mostConnections)
  for (const session of sessions) mark(session)
  mark(sessions[0] as PresenceSession, 'tab')
  t.deepEqual(offline, [])
})

test('a flood of farewells makes nobody offline, and of farewells the latest are remembered', (t) => {
  const { presence, offline, mark } = start()
  const online = newSessions(mostConnections / 2)
  for (const session of online) mark(session)
  const flooding = newSession()
  const slow = presence.nextArrival()
  for (let count = 0; count < 10_000; count += 1) presence.disconnect(flooding, `tab${count}`)
  t.deepEqual(offline, [])
  t.is(presence.connectionCount, online.length)
  presence.mark(flooding, 'tab9999', slow)
  presence.mark(flooding, `tab${10_000 - mostConnections / 2}`, slow)
  t.false(presence.isOnline(flooding.userId), 'the latest are remembered')
  presence.mark(flooding, `tab${10_000 - mostConnections / 2 - 1}`, slow)
  t.true(presence.isOnline(flooding.userId), 'one before them is not')
})

test('when everything is full of people who are online, a farewell is forgotten rather than one of them', (t) => {
  const { presence, offline, mark } = start()
  for (const session of newSessions(mostConnections)) mark(session)
  for (const session of newSessions(10)) presence.disconnect(session, 'tab')
  t.deepEqual(offline, [])
  t.is(presence.connectionCount, mostConnections)
})

test('a person who comes takes the place of a farewell, not that of another person', (t) => {
  const { presence, offline, mark } = start()
  for (const session of newSessions(mostConnections - 10)) mark(session)
  for (const session of newSessions(10)) presence.disconnect(session)
  for (const session of newSessions(10)) mark(session)
  t.deepEqual(offline, [])
  mark(newSession())
  t.is(offline.length, 1)
})
