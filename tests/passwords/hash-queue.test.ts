import { mock } from 'node:test'
import test from 'ava'
import { AuthError } from '../../server/errors.ts'
import { HashQueue } from '../../server/passwords/hash-queue.ts'

const limits = { running: 2, waiting: 128, longestWaitMs: 20_000 }

/** Tasks that run until they are told to end; `started` lists them in order. */
function makeTasks() {
  const started: number[] = []
  const ends = new Map<number, () => void>()
  const task = (number: number) => async () => {
    started.push(number)
    await new Promise<void>((resolve) => ends.set(number, resolve))
    return number
  }
  return { started, task, end: (number: number) => ends.get(number)?.() }
}

/** Lets everything run that needs no time. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

const isOverloaded = { instanceOf: AuthError, code: 'overloaded' }

test.serial('no more tasks run at once than allowed; the longest waiting is next', async (t) => {
  const queue = new HashQueue(limits)
  const { started, task, end } = makeTasks()
  const results = [1, 2, 3, 4, 5].map((number) => queue.run(task(number)))
  await settle()
  t.deepEqual(started, [1, 2])
  end(2)
  await settle()
  t.deepEqual(started, [1, 2, 3])
  end(1)
  end(3)
  await settle()
  t.deepEqual(started, [1, 2, 3, 4, 5])
  end(4)
  end(5)
  t.deepEqual(await Promise.all(results), [1, 2, 3, 4, 5])
})

test.serial('beyond 128 waiting a task is refused at once, before any work, and told when to come back', async (t) => {
  const queue = new HashQueue(limits)
  const { started, task, end } = makeTasks()
  const results = Array.from({ length: 130 }, (_, number) => queue.run(task(number)))
  const refused = await t.throwsAsync(queue.run(task(999)), isOverloaded)
  t.is((refused as AuthError).status, 503)
  t.true(((refused as AuthError).retryAfter ?? 0) >= 1)
  for (let number = 0; number < 130; number += 1) {
    await settle()
    end(number)
  }
  await Promise.all(results)
  t.is(started.length, 130)
  t.false(started.includes(999))
})

test.serial('a task that waits longer than 20 seconds is refused, and never runs', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const queue = new HashQueue(limits)
  const { started, task, end } = makeTasks()
  const running = [1, 2].map((number) => queue.run(task(number)))
  const late = queue.run(task(3))
  mock.timers.tick(5000)
  const inTime = queue.run(task(4))
  mock.timers.tick(14_999)
  await settle()
  end(1)
  await settle()
  t.deepEqual(started, [1, 2, 3], 'a millisecond before, it still gets its turn')

  const later = queue.run(task(5))
  mock.timers.tick(5001)
  await t.throwsAsync(inTime, isOverloaded)
  end(2)
  end(3)
  await settle()
  t.deepEqual(started, [1, 2, 3, 5])
  end(5)
  await Promise.all([...running, late, later])

  const together = [6, 7].map((number) => queue.run(task(number)))
  await settle()
  t.deepEqual(started, [1, 2, 3, 5, 6, 7], 'whoever gave up took no turn along')
  end(6)
  end(7)
  await Promise.all(together)
})

test.serial('a task that fails passes its turn on', async (t) => {
  const queue = new HashQueue({ ...limits, running: 1 })
  const failing = () => Promise.reject(new Error('no memory'))
  const results = [queue.run(failing), queue.run(failing), queue.run(async () => 'done')]
  const outcomes = await Promise.allSettled(results)
  t.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected', 'fulfilled'],
  )
  t.is(await queue.run(async () => 'again'), 'again')
})
