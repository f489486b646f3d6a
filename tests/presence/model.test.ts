import test from 'ava'
import { Presence } from '../../server/presence/presence.ts'
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

  mark(userId: string, sessionId: string, tab: string | undefined, arrival: number): void {
    const key = `${sessionId}/${tab}`
    const covering = [key, `${sessionId}/undefined`]
    if (this.farewells.some((farewell) => covering.includes(farewell.key) && farewell.arrival > arrival)) return
    const latest = Math.max(arrival, this.connections.get(key)?.arrival ?? 0)
    this.connections.set(key, { userId, sessionId, seenAt: this.now, arrival: latest })
    this.lastSeen.set(userId, this.now)
  }

  disconnect(sessionId: string, tab: string | undefined, arrival: number): void {
    this.farewells.push({ key: `${sessionId}/${tab}`, arrival })
    for (const [key, connection] of this.connections) {
      const isMeant = tab === undefined ? connection.sessionId === sessionId : key === `${sessionId}/${tab}`
      if (isMeant && connection.arrival < arrival) this.connections.delete(key)
    }
  }

  isOnline(userId: string): boolean {
    return [...this.connections.values()].some((each) => each.userId === userId && this.now - each.seenAt < ttlMs)
  }
}

const users = ['alice', 'bob', 'carol']
const tabs = ['', '', 'a', 'b', 'c']

function runBoth(chance: Chance, check: (presence: Presence, model: Model, saved: Map<string, number>) => void): void {
  const model = new Model()
  const presence = new Presence(() => model.now, ttlMs)
  const saved = new Map<string, number>()
  const underWay: (() => void)[] = []
  const answerOne = (): void => underWay.splice(chance.below(underWay.length), 1)[0]?.()
  for (let step = 0; step < 400; step += 1) {
    const userId = chance.oneOf(users)
    const id = `${userId}-${chance.oneOf([1, 2])}`
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
    check(presence, model, saved)
  }
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`presence is what the plain model says, in whatever order requests end (${seed})`, (t) => {
    runBoth(new Chance(seed), (presence, model, saved) => {
      for (const userId of users) {
        t.is(presence.isOnline(userId), model.isOnline(userId))
        const lastSeen = Math.max(presence.findLastSeen(userId) ?? -1, saved.get(userId) ?? -1)
        t.is(lastSeen, model.lastSeen.get(userId) ?? -1)
      }
    })
  })
}
