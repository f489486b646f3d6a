import test from 'ava'
import { Presence } from '../../server/presence/presence.ts'
import { createClock } from '../helpers/start-server.ts'

const alice = '019ab000-0000-7000-8000-00000000000a'
const bob = '019ab000-0000-7000-8000-00000000000b'
const session = { id: '019ab000-0000-7000-8000-000000000001', userId: alice }

function start() {
  const clock = createClock()
  return { clock, presence: new Presence(clock.now, 60_000) }
}

for (const [named, farewell] of [
  [undefined, undefined],
  ['tab', 'tab'],
  ['tab', undefined],
] as const) {
  test(`a request of ${named} that began before the farewell of ${farewell} does not mark it again`, (t) => {
    const { presence } = start()
    const slow = presence.nextArrival()
    presence.mark(session, named, presence.nextArrival())
    presence.disconnect(session, farewell)
    presence.mark(session, named, slow)
    t.false(presence.isOnline(alice))
    presence.mark(session, named, presence.nextArrival())
    t.true(presence.isOnline(alice))
  })
}

test('a farewell of one tab does not keep a slow request of another from marking', (t) => {
  const { presence } = start()
  const slow = presence.nextArrival()
  presence.disconnect(session, 'one')
  presence.mark(session, 'two', slow)
  t.true(presence.isOnline(alice))
})

test('a farewell that began before a request does not undo what the request marked', (t) => {
  const { presence } = start()
  const slowFarewell = presence.nextArrival()
  presence.mark(session, undefined, presence.nextArrival())
  presence.disconnect(session, undefined, slowFarewell)
  t.true(presence.isOnline(alice))
})

test('nor when a request from before both ends after them', (t) => {
  const { presence } = start()
  const slow = presence.nextArrival()
  const slowFarewell = presence.nextArrival()
  presence.mark(session, undefined, presence.nextArrival())
  presence.mark(session, undefined, slow)
  presence.disconnect(session, undefined, slowFarewell)
  t.true(presence.isOnline(alice))
})

test('of two farewells that overtake each other, the later counts', (t) => {
  const { presence } = start()
  const first = presence.nextArrival()
  const slow = presence.nextArrival()
  presence.disconnect(session)
  presence.disconnect(session, undefined, first)
  presence.mark(session, undefined, slow)
  t.false(presence.isOnline(alice))
})

test('a farewell is remembered for longer than a request may take', (t) => {
  const { presence, clock } = start()
  const slow = presence.nextArrival()
  presence.disconnect(session)
  clock.advance(40_000)
  t.false(presence.isOnline(alice))
  presence.mark(session, undefined, slow)
  t.false(presence.isOnline(alice))
})

test('a clock that is put back an hour keeps nobody online for an hour', (t) => {
  const { presence, clock } = start()
  const other = { id: '019ab000-0000-7000-8000-000000000002', userId: bob }
  presence.mark(session, undefined, presence.nextArrival())
  clock.advance(-3_600_000)
  presence.mark(other, undefined, presence.nextArrival())
  t.true(presence.isOnline(bob))
  clock.advance(60_000)
  t.false(presence.isOnline(alice))
  t.false(presence.isOnline(bob))
})

test('a clock that is put right by a moment makes nobody offline', (t) => {
  const { presence, clock } = start()
  presence.mark(session, undefined, presence.nextArrival())
  clock.advance(-500)
  t.true(presence.isOnline(alice))
})
