import test, { type ExecutionContext } from 'ava'
import type { Database as SqliteHandle } from 'better-sqlite3'
import { verifyAuditChain } from '../../server/audit/verify-chain.ts'
import { addEvent, clearAway, day, startWithDays } from '../helpers/audit-trail.ts'
import { assertFailure, runCommand } from '../helpers/commands.ts'
import { connectBeside } from '../helpers/data-files.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const columns = ['id', 'event', 'user_id', 'session_id', 'details', 'previous_hash', 'hash'] as const
const rows = 5
const changed = 3

type Row = Record<string, Buffer | number>

/** A connection of whoever wants to change the record: without the guard against slips, and without checks. */
function connectToForge(t: ExecutionContext, server: TestServer): SqliteHandle {
  const handle = connectBeside(t, server.file)
  handle.pragma('synchronous = OFF')
  handle.pragma('ignore_check_constraints = ON')
  handle.exec('DROP TRIGGER audit_events_are_kept_as_written')
  return handle
}

const verdictOf = (server: TestServer) => verifyAuditChain(server.auth.deps.db)

async function startWithEvents(t: ExecutionContext): Promise<TestServer> {
  const server = await startServer(t)
  for (let count = 0; count < rows; count += 1) await addEvent(server)
  return server
}

/** The row with every text as its bytes. */
const readRow = (handle: SqliteHandle): Row => {
  const bytes = columns.map((column) => `CAST(${column} AS BLOB) AS ${column}`)
  return handle
    .prepare(`SELECT sequence, occurred_at, ${bytes} FROM audit_events WHERE sequence = ${changed}`)
    .get() as Row
}

test('one byte that was changed in any column of an event: the event is named', async (t) => {
  const server = await startWithEvents(t)
  const handle = connectToForge(t, server)
  const row = readRow(handle)
  for (const column of columns) {
    const type = column.endsWith('hash') ? 'BLOB' : 'TEXT'
    const write = handle.prepare(`UPDATE audit_events SET ${column} = CAST(? AS ${type}) WHERE sequence = ${changed}`)
    const bytes = Buffer.from(row[column] as Buffer)
    t.true(bytes.length > 10, column)
    for (let index = 0; index < bytes.length; index += 1) {
      const forged = Buffer.from(bytes)
      forged.writeUInt8(forged.readUInt8(index) ^ 1, index)
      write.run(forged)
      t.like(await verdictOf(server), { isWhole: false, sequence: changed }, `${column}, byte ${index}`)
    }
    write.run(bytes)
  }
  for (const byte of [1, 256, 2 ** 40]) {
    handle.exec(`UPDATE audit_events SET occurred_at = occurred_at + ${byte} WHERE sequence = ${changed}`)
    t.like(await verdictOf(server), { isWhole: false, sequence: changed })
    handle.exec(`UPDATE audit_events SET occurred_at = occurred_at - ${byte} WHERE sequence = ${changed}`)
  }
  t.like(await verdictOf(server), { isWhole: true, events: rows })
})

test('an event whose number was changed is named by that number, wherever it stood', async (t) => {
  const server = await startWithEvents(t)
  const handle = connectToForge(t, server)
  for (let sequence = 1; sequence <= rows; sequence += 1) {
    const { id } = handle.prepare('SELECT id FROM audit_events WHERE sequence = ?').get(sequence) as { id: string }
    handle.exec(`UPDATE audit_events SET sequence = sequence + 16 WHERE sequence = ${sequence}`)
    t.like(await verdictOf(server), { isWhole: false, sequence: sequence + 16, id })
    handle.exec(`UPDATE audit_events SET sequence = sequence - 16 WHERE sequence = ${sequence + 16}`)
  }
  t.like(await verdictOf(server), { isWhole: true, events: rows })
})

test('the command names the event of which one byte was changed, also with the guard put back', async (t) => {
  const server = await startWithEvents(t)
  const handle = connectToForge(t, server)
  const { id } = handle.prepare(`SELECT id FROM audit_events WHERE sequence = ${changed}`).get() as { id: string }
  handle.exec(`
    UPDATE audit_events SET details = replace(details, '1', '2') WHERE sequence = ${changed};
    CREATE TRIGGER audit_events_are_kept_as_written BEFORE UPDATE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END;
  `)
  const reason = new RegExp(`^guestlist: the audit trail is broken at event 3 \\(${id}\\): it was changed after it was`)
  assertFailure(t, await runCommand(t, server.file, ['audit', 'verify']), reason)
})

/** Of ten events the first five are pruned. */
async function startPruned(t: ExecutionContext): Promise<{ server: TestServer; handle: SqliteHandle }> {
  const server = await startWithDays(t, 10)
  server.clock.advance(16 * day - 1)
  await clearAway(server)
  t.like(await verdictOf(server), { isWhole: true, events: 5, anchor: { sequence: 5 } })
  return { server, handle: connectToForge(t, server) }
}

const forgeries: readonly (readonly [what: string, sql: string, named: number, problem: string])[] = [
  [
    'an anchor with another hash',
    "UPDATE audit_anchor SET hash = CAST(x'00' || substr(hash, 2) AS BLOB)",
    6,
    'it does not follow the event before it',
  ],
  [
    'an anchor with a later number',
    'UPDATE audit_anchor SET sequence = 6',
    6,
    'it is there, and all up to 6 were pruned',
  ],
  ['an anchor with an earlier number', 'UPDATE audit_anchor SET sequence = 4', 6, 'the event before it is missing'],
  ['an anchor that is gone', 'DELETE FROM audit_anchor', 6, 'the event before it is missing'],
  [
    'an event in the middle that is gone',
    'DELETE FROM audit_events WHERE sequence = 8',
    9,
    'the event before it is missing',
  ],
  [
    'the first events that are gone',
    'DELETE FROM audit_events WHERE sequence < 8',
    8,
    'the event before it is missing',
  ],
  ['all events that are gone', 'DELETE FROM audit_events', 6, 'it was there once and is missing'],
  [
    'an event that was moved before the anchor',
    'UPDATE audit_events SET sequence = 2 WHERE sequence = 8',
    2,
    'it is there, and all up to 5 were pruned',
  ],
]

test('after pruning, what was taken out, moved, or changed at the anchor is named', async (t) => {
  const { server, handle } = await startPruned(t)
  for (const [what, sql, sequence, problem] of forgeries) {
    handle.exec(
      'CREATE TEMP TABLE events AS SELECT * FROM audit_events; CREATE TEMP TABLE anchor AS SELECT * FROM audit_anchor',
    )
    handle.exec(sql)
    t.like(await verdictOf(server), { isWhole: false, sequence, problem }, what)
    handle.exec('DELETE FROM audit_events; INSERT INTO audit_events SELECT * FROM temp.events; DROP TABLE temp.events')
    handle.exec('DELETE FROM audit_anchor; INSERT INTO audit_anchor SELECT * FROM temp.anchor; DROP TABLE temp.anchor')
    t.like(await verdictOf(server), { isWhole: true, events: 5 })
  }
})
