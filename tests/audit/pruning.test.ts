import test, { type ExecutionContext } from 'ava'
import { moveAuditAnchor } from '../../server/audit/audit-anchor-store.ts'
import { verifyAuditChain } from '../../server/audit/verify-chain.ts'
import { parseConfig } from '../../server/config.ts'
import { addEvent, clearAway, day, headAt, sequences, startWithDays } from '../helpers/audit-trail.ts'
import { insertOldRows } from '../helpers/old-rows.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const anchorOf = (server: TestServer) =>
  server.query<{ sequence: number; hash: Buffer }>('SELECT sequence, hash FROM audit_anchor')[0]

const isWhole = async (t: ExecutionContext, { auth }: TestServer, events: number): Promise<void> => {
  t.like(await verifyAuditChain(auth.deps.db), { isWhole: true, events })
}

test('old events are pruned from the front, and the chain is whole from where it begins now', async (t) => {
  const server = await startWithDays(t, 5)
  const third = headAt(server, 3)
  server.clock.advance(18 * day)
  await clearAway(server)
  t.deepEqual(sequences(server), [3, 4, 5], 'one of exactly 20 days is not older')
  server.clock.advance(1)
  await clearAway(server)
  t.deepEqual(sequences(server), [4, 5])
  t.deepEqual(anchorOf(server), { sequence: 3, hash: Buffer.from(third.hash, 'hex') })
  t.deepEqual(await verifyAuditChain(server.auth.deps.db), {
    isWhole: true,
    events: 2,
    head: headAt(server, 5),
    anchor: third,
  })
})

test('AUDIT_RETENTION says how long they are kept: half a year, unless it is set', (t) => {
  t.is(parseConfig({}).auditRetentionMs, 180 * day)
  t.is(parseConfig({ AUDIT_RETENTION: '20d' }).auditRetentionMs, 20 * day)
})

test('the newest event is never pruned: the next one follows it', async (t) => {
  const server = await startWithDays(t, 3)
  server.clock.advance(22 * day)
  await clearAway(server)
  t.deepEqual(sequences(server), [3])
  await addEvent(server)
  await isWhole(t, server, 2)
  server.clock.advance(day)
  await clearAway(server)
  t.deepEqual(sequences(server), [4])
  await isWhole(t, server, 1)
})

test('what was pruned is logged once, with the new anchor, and leaves no event', async (t) => {
  const server = await startWithDays(t, 3)
  const second = headAt(server, 2)
  server.clock.advance(21 * day)
  await server.auth.doSlowWork()
  await server.auth.doSlowWork()
  const logged = server.log().match(/\{.*"event":"audit\.pruned".*\}/g) ?? []
  t.is(logged.length, 1)
  const { level, event, sequence, hash } = JSON.parse(logged[0] ?? '')
  t.deepEqual({ level, event, sequence, hash }, { level: 30, event: 'audit.pruned', ...second })
  t.deepEqual(server.query("SELECT id FROM audit_events WHERE event LIKE 'audit%'"), [])
})

test('nothing is pruned behind an event that is young, or that a clock ahead of time has written', async (t) => {
  for (const ahead of [0, 3000 * day]) {
    const server = await startWithDays(t, 0)
    const { now } = server.clock
    await addEvent(server, now() - 400 * day)
    await addEvent(server, now() + ahead)
    await addEvent(server, now() - 300 * day)
    await addEvent(server)
    await clearAway(server)
    t.deepEqual(sequences(server), [2, 3, 4])
    await isWhole(t, server, 3)
  }
})

test('a clock that was put back prunes nothing', async (t) => {
  const server = await startWithDays(t, 5)
  server.clock.advance(-4000 * day)
  await clearAway(server)
  t.deepEqual(sequences(server), [1, 2, 3, 4, 5])
  await addEvent(server)
  server.clock.advance(4000 * day)
  await clearAway(server)
  t.deepEqual(sequences(server), [1, 2, 3, 4, 5, 6], 'the old time of the last one does not reach past the others')
})

test('an event that was changed is not pruned, nor what follows it: it is evidence, and the log says so', async (t) => {
  const server = await startWithDays(t, 5)
  server.query('DROP TRIGGER audit_events_are_kept_as_written')
  server.query("UPDATE audit_events SET user_id = 'somebody else' WHERE sequence = 3")
  server.clock.advance(22 * day)
  await t.throwsAsync(clearAway(server), { message: /^audit event 3 is not pruned: it was changed after it was/ })
  t.deepEqual(sequences(server), [3, 4, 5])
  t.like(await verifyAuditChain(server.auth.deps.db), { isWhole: false, sequence: 3 })
})

test('events and anchor are written together or not at all', async (t) => {
  const server = await startWithDays(t, 5)
  server.clock.advance(22 * day)
  server.query("CREATE TRIGGER full BEFORE INSERT ON audit_anchor BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
  await t.throwsAsync(clearAway(server), { message: /the disk is full/ })
  t.deepEqual(sequences(server), [1, 2, 3, 4, 5])
  server.query('DROP TRIGGER full')
  await clearAway(server)
  t.deepEqual(sequences(server), [5])
  const { db } = server.auth.deps
  const [from, to] = [headAt(server, 3), headAt(server, 5)]
  const move = (first: typeof from) =>
    db.transaction().execute((trx) => moveAuditAnchor(trx, { from: first, to, prunedAt: 0 }))
  await t.throwsAsync(move(from), { message: /other events are there/ })
  server.query('UPDATE audit_anchor SET sequence = 1')
  await t.throwsAsync(move({ ...from, sequence: 4 }), { message: /anchor of the audit trail is another one/ })
  t.deepEqual(sequences(server), [5])
})

test('a whole chain is seen as whole while another process prunes it', async (t) => {
  const server = await startServer(t)
  insertOldRows(server.file, { people: 1, sessions: 0, events: 1500, from: server.clock.now() - day })
  const { db } = server.auth.deps
  const seen: number[] = []
  const onProgress = (events: number): void => {
    seen.push(events)
    // What is not read yet goes too.
    server.query(
      'INSERT OR IGNORE INTO audit_anchor SELECT 1, sequence, hash, 1 FROM audit_events WHERE sequence = 1200',
    )
    server.query('DELETE FROM audit_events WHERE sequence <= 1200')
  }
  t.like(await verifyAuditChain(db, { onProgress }), { isWhole: true, events: 1500, anchor: undefined })
  t.deepEqual(seen, [1000, 1500])
  t.like(await verifyAuditChain(db), { isWhole: true, events: 300, anchor: { sequence: 1200 } })
})
