import test from 'ava'
import { Presence } from '../../server/presence/presence.ts'
import { Chance } from '../helpers/chance.ts'

const users = Array.from({ length: 60 }, () => crypto.randomUUID())

test('who is online is listed part by part, and the last part says that it is', (t) => {
  const presence = new Presence(() => 0, 60_000)
  t.deepEqual(presence.listOnline({ limit: 10 }), { userIds: [], next: undefined })
  for (const id of users) presence.mark({ id, userId: id }, undefined, presence.nextArrival())
  const all = presence.listOnline({ limit: users.length })
  t.deepEqual(all.userIds.toSorted(), users.toSorted())
  t.is(all.next, undefined)
  const first = presence.listOnline({ limit: users.length - 1 })
  t.is(first.userIds.length, users.length - 1)
  t.deepEqual(presence.listOnline({ after: first.next, limit: users.length }).userIds, all.userIds.slice(-1))
  t.deepEqual(presence.listOnline({ after: 1_000_000, limit: 10 }), { userIds: [], next: undefined })
})

for (const seed of [1, 2, 3, 4]) {
  test(`while people come and go, whoever stays is met exactly once, and nobody who was not there (${seed})`, (t) => {
    const chance = new Chance(seed)
    let now = 0
    const presence = new Presence(() => now, 60_000)
    const comeOrGo = (): void => {
      const id = chance.oneOf(users)
      if (chance.once(2)) presence.mark({ id, userId: id }, undefined, presence.nextArrival())
      else presence.disconnect({ id, userId: id })
      if (chance.once(10)) presence.noteSaved(presence.listUnsaved())
      if (chance.once(100)) now += chance.oneOf([1000, 59_999, 60_000])
      presence.expire()
    }
    const online = (): string[] => users.filter((userId) => presence.isOnline(userId))
    let stayed = 0
    for (let walk = 0; walk < 40; walk += 1) {
      for (let count = 0; count < 30; count += 1) comeOrGo()
      const met: string[] = []
      let staying = online()
      const everOnline = new Set(staying)
      let next: number | undefined
      do {
        const page = presence.listOnline({ after: next, limit: chance.oneOf([1, 2, 7]) })
        met.push(...page.userIds)
        next = page.next
        for (let count = chance.below(8); count > 0; count -= 1) {
          comeOrGo()
          staying = staying.filter((userId) => presence.isOnline(userId))
          for (const userId of online()) everOnline.add(userId)
        }
      } while (next !== undefined)
      for (const userId of staying) t.is(met.filter((each) => each === userId).length, 1)
      t.true(met.every((userId) => everOnline.has(userId)))
      stayed += staying.length
    }
    t.true(stayed > 100)
  })
}
