import { setImmediate as nextTurn } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import type { Database as SqliteHandle } from 'better-sqlite3'
import { parseConfig } from '../../server/config.ts'
import { BatchSize } from '../../server/housekeeping/batch-size.ts'
import { Housekeeping } from '../../server/housekeeping/housekeeping.ts'
import type { BatchDone } from '../../server/housekeeping/walk.ts'
import { day } from '../helpers/audit-trail.ts'
import { connectBeside, makeDataFile, openUntilEnd } from '../helpers/data-files.ts'
import { insertOldRows } from '../helpers/old-rows.ts'
import { createClock } from '../helpers/start-server.ts'

/** Housekeeping without a server, which would do its own meanwhile; it tells of each batch. */
async function openWithOldRows(t: ExecutionContext, rows: { sessions: number; events: number }) {
  const file = await makeDataFile(t)
  const clock = createClock()
  insertOldRows(file, { people: 500, ...rows, from: clock.now() - 365 * day })
  const db = openUntilEnd(t, file)
  const state = { isDraining: false }
  const deps = { config: parseConfig({}), db, now: clock.now, isDraining: () => state.isDraining }
  const batches: BatchDone[] = []
  const housekeeping = new Housekeeping(deps, (done) => batches.push(done))
  return { beside: connectBeside(t, file), batches, clock, db, run: () => housekeeping.run(), state }
}

const countRows = (handle: SqliteHandle, table: string): unknown =>
  handle.prepare(`SELECT count(*) FROM ${table}`).pluck().get()

const countOf = (batches: readonly BatchDone[], name: string): number =>
  batches.filter((done) => done.name === name).length

/** The first few rows, and then at the most half as many again as in the largest batch before. */
function assertGrowingSlowly(t: ExecutionContext, batches: readonly BatchDone[], name: string): void {
  let most = 25
  for (const { deleted } of batches.filter((done) => done.name === name)) {
    t.true(deleted <= most, `${deleted} ${name}`)
    most = Math.max(most, Math.min(1000, Math.ceil(deleted * 1.5)))
  }
}

test('10,000 sessions and 3,000 audit events go in many small batches, with other work between them', async (t) => {
  const { beside, batches, db, run } = await openWithOldRows(t, { sessions: 10_000, events: 3000 })
  let isDone = false
  let answers = 0
  const asking = (async () => {
    for (; !isDone; answers += 1) {
      await db.selectFrom('users').select('id').limit(1).execute()
      await nextTurn()
    }
  })()
  let runs = 0
  for (let before = -1; before < batches.length; runs += 1) {
    before = batches.length
    await run()
    t.true(batches.length - before <= 50, 'so much at once and no more')
  }
  isDone = true
  await asking
  t.is(countRows(beside, 'sessions'), 0)
  t.is(countRows(beside, 'audit_events'), 1)
  t.is(
    batches.reduce((sum, { deleted }) => sum + deleted, 0),
    10_000 + 3000 - 1,
  )
  for (const name of ['sessions', 'audit events']) assertGrowingSlowly(t, batches, name)
  t.true(countOf(batches, 'sessions') >= 15 && countOf(batches, 'audit events') >= 8)
  t.true(answers >= batches.length, 'nobody was kept waiting for more than a batch')
  const times = batches.map(({ ms }) => ms).sort((one, other) => one - other)
  const [median = 0, longest = 0] = [times[times.length >> 1], times.at(-1)]
  t.log(
    `${batches.length} batches in ${runs} runs; ms a batch: median ${median.toFixed(1)}, longest ${longest.toFixed(1)}`,
  )
})

test('a new pass begins an hour after the last one ended, whatever the clock does', async (t) => {
  const { beside, batches, clock, run } = await openWithOldRows(t, { sessions: 60, events: 0 })
  const passes = () =>
    countOf(
      batches.filter(({ isEnd }) => isEnd),
      'sessions',
    )
  await Promise.all([run(), run()])
  t.is(countRows(beside, 'sessions'), 0)
  t.is(batches.filter(({ isEnd }) => isEnd).length, 9, 'every table came to its end, once')
  for (const [wait, expected] of [
    [0, 1],
    [3_600_000 - 1, 1],
    [1, 2],
    [-3_600_000 + 1, 2],
    [-1, 3],
  ] as const) {
    clock.advance(wait)
    await run()
    t.is(passes(), expected)
  }
})

test('a batch that fails undoes itself alone; the others are done, and it is tried again with the next pass', async (t) => {
  const { beside, batches, clock, run } = await openWithOldRows(t, { sessions: 40, events: 40 })
  beside.exec("CREATE TRIGGER full BEFORE INSERT ON audit_anchor BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
  await t.throwsAsync(run(), { message: 'the disk is full' })
  t.is(countRows(beside, 'audit_events'), 40)
  await run()
  t.is(countRows(beside, 'sessions'), 0)
  t.is(countOf(batches, 'audit events'), 0)
  beside.exec('DROP TRIGGER full')
  await run()
  t.is(countRows(beside, 'audit_events'), 40)
  clock.advance(3_600_000)
  await run()
  t.is(countRows(beside, 'audit_events'), 1)
})

test('a server that stops leaves the rest for the next time', async (t) => {
  const { beside, batches, run, state } = await openWithOldRows(t, { sessions: 60, events: 0 })
  state.isDraining = true
  await run()
  t.deepEqual(batches, [])
  t.is(countRows(beside, 'sessions'), 60)
})

test('a batch grows while full ones take less than 2.5 ms, and is halved when one takes more than 5', (t) => {
  const size = new BatchSize()
  const after = (ms: number, isFull: boolean): number => {
    size.note(ms, isFull)
    return size.rows
  }
  t.is(size.rows, 25)
  t.is(after(1, false), 25, 'of few rows nothing can be told')
  t.is(after(2, true), 38)
  t.is(after(2.5, true), 38)
  t.is(after(5, true), 38)
  t.is(after(6, false), 25, 'never below 25')
  for (let count = 0; count < 30; count += 1) size.note(0, true)
  t.is(size.rows, 1000)
  t.is(after(400, true), 500)
})
