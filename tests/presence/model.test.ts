import test, { type ExecutionContext } from 'ava'
import { Presence } from '../../server/presence/presence.ts'
import type { PresenceChange } from '../../server/presence/presence-changes.ts'
import { Chance } from '../helpers/chance.ts'

const second = 1000
const ttlMs = 60 * second

interface Seen {
  readonly userId: string
  readonly sessionId: string
  readonly seenAt: number
  readonly arrival: number
}

/** What presence means, as plainly as it can be said, and without a thought for time or memory. */
class Model {
  now = 0
  readonly connections = new Map<string, Seen>()
  readonly farewells: { key: string; arrival: number }[] = []
  readonly lastSeen = new Map<string, number>()
  readonly online = new Set<string>()
  readonly changes: PresenceChange[] = []

  mark(userId: string, sessionId: string, tab: string | undefined, arrival: number): void {
    this.settle()
    const key = `${sessionId}/${tab}`
    const covering = [key, `${sessionId}/undefined`]
    if (this.farewells.some((farewell) => covering.includes(farewell.key) && farewell.arrival > arrival)) return
    const latest = Math.max(arrival, this.connections.get(key)?.arrival ?? 0)
    this.connections.set(key, { userId, sessionId, seenAt: this.now, arrival: latest })
    this.lastSeen.set(userId, this.now)
    this.settle()
  }

  disconnect(sessionId: string, tab: string | undefined, arrival: number): void {
    this.settle()
    this.farewells.push({ key: `${sessionId}/${tab}`, arrival })
    for (const [key, connection] of this.connections) {
      const isMeant = tab === undefined ? connection.sessionId === sessionId : key === `${sessionId}/${tab}`
      if (isMeant && connection.arrival < arrival) this.connections.delete(key)
    }
    this.settle()
  }

  disconnectUser(userId: string): void {
    this.settle()
    for (const [key, connection] of this.connections) if (connection.userId === userId) this.connections.delete(key)
    this.settle()
  }

  /** Notes who has come or gone. */
  settle(): void {
    for (const [userId, at] of this.lastSeen) {
      const isOnline = this.listLive().some((each) => each.userId === userId)
      if (isOnline === this.online.has(userId)) continue
      if (isOnline) this.online.add(userId)
      else this.online.delete(userId)
      this.changes.push({ userId, isOnline, at })
    }
  }

  listLive(): Seen[] {
    return [...this.connections.values()].filter((each) => this.now - each.seenAt < ttlMs)
  }
}

const users = [1, 2, 3].map((number) => `00000000-0000-7000-8000-00000000000${number}`)
const sessionsOf = (userId: string): string[] => ['a', 'b'].map((start) => start + userId.slice(1))
const tabs = ['', '', 'a', 'b', 'c']

function runBoth(
  chance: Chance,
  check: (presence: Presence, model: Model, told: PresenceChange[], saved: Map<string, number>) => void,
): void {
  const model = new Model()
  const presence = new Presence(() => model.now, ttlMs)
  const told: PresenceChange[] = []
  presence.onChange((change) => told.push(change))
  const saved = new Map<string, number>()
  const underWay: (() => void)[] = []
  const answerOne = (): void => underWay.splice(chance.below(underWay.length), 1)[0]?.()
  for (let step = 0; step < 400; step += 1) {
    const userId = chance.oneOf(users)
    const id = chance.oneOf(sessionsOf(userId))
    const tab = chance.oneOf(tabs) || undefined
    const arrival = presence.nextArrival()
    const isFarewell = chance.once(3)
    underWay.push(() => {
      if (isFarewell) presence.disconnect({ id, userId }, tab, arrival)
      else presence.mark({ id, userId }, tab, arrival)
      if (isFarewell) model.disconnect(id, tab, arrival)
      else model.mark(userId, id, tab, arrival)
    })
    // Requests end in another order than they arrived, but none takes a minute.
    while (underWay.length > 3 || (underWay.length > 0 && chance.once(2))) answerOne()
    if (chance.once(20)) while (underWay.length > 0) answerOne()
    model.now += underWay.length > 0 ? chance.oneOf([0, 1, second]) : chance.oneOf([second, 59_999, ttlMs, 3 * ttlMs])
    if (chance.once(10)) {
      const written = presence.listUnsaved()
      for (const [name, at] of written) saved.set(name, at)
      presence.noteSaved(written)
    }
    if (chance.once(30)) {
      presence.expire()
      presence.disconnectUser(userId)
      model.disconnectUser(userId)
    }
    presence.expire()
    model.settle()
    check(presence, model, told, saved)
  }
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`presence is what the plain model says, in whatever order requests end (${seed})`, (t) => {
    let changes = 0
    runBoth(new Chance(seed), (presence, model, told, saved) => {
      changes += told.length
      assertSameChanges(t, told.splice(0), model.changes.splice(0))
      const live = model.listLive()
      t.is(presence.onlineCount, model.online.size)
      t.is(presence.connectionCount, live.length)
      t.deepEqual(presence.listOnline({ limit: users.length }).userIds.sort(), [...model.online].sort())
      for (const userId of users) {
        t.is(presence.isOnline(userId), model.online.has(userId))
        t.is(presence.findLastSeen(userId) ?? saved.get(userId), model.lastSeen.get(userId))
        for (const id of sessionsOf(userId)) {
          const times = live.filter(({ sessionId }) => sessionId === id).map(({ seenAt }) => seenAt)
          t.is(presence.findSessionLastSeen({ id, userId }), times.length === 0 ? undefined : Math.max(...times))
        }
      }
    })
    t.true(changes > 40)
  })
}

/** Who goes at the same moment as another may be told of before or after. */
function assertSameChanges(t: ExecutionContext, told: PresenceChange[], expected: PresenceChange[]): void {
  for (const userId of users) {
    const ofUser = (changes: PresenceChange[]) => changes.filter((change) => change.userId === userId)
    t.deepEqual(ofUser(told), ofUser(expected))
  }
  t.is(told.length, expected.length)
}
