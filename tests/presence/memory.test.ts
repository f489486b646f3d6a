import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import { Presence } from '../../server/presence/presence.ts'

setFlagsFromString('--expose-gc')
const gc: () => void = runInNewContext('gc')

const uuid = (number: number): string => `019ab000-0000-7000-8000-${String(number).padStart(12, '0')}`

function usedBytes(): number {
  gc()
  // `external` counts the memory of typed arrays too.
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

test('100,000 sessions online take less than 200 bytes each', (t) => {
  const sessions = 100_000
  const before = usedBytes()
  const presence = new Presence(() => 0, 60_000)
  for (let number = 0; number < sessions; number += 1) {
    const session = { id: uuid(2 * number), userId: uuid(2 * number + 1) }
    presence.mark(session, undefined, presence.nextArrival())
  }
  const bytes = (usedBytes() - before) / sessions
  t.is(presence.connectionCount, sessions)
  t.true(bytes > 50 && bytes < 200, `${bytes} bytes`)
})
