import { dirname } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { verifyAuditChain } from '../../server/audit/verify-chain.ts'
import { proveContents } from '../../server/backups/prove-backup.ts'
import { addEvent, clearAway, day, headAt, sequences, startWithDays } from '../helpers/audit-trail.ts'
import { backUp, lookInto, restore } from '../helpers/backups.ts'
import { assertFailure, runCommand } from '../helpers/commands.ts'
import { findingsOf, runChecksOn } from '../helpers/doctor.ts'
import type { TestServer } from '../helpers/start-server.ts'

/** Of five events the first three are pruned; with their heads as they were noted. */
async function startPruned(t: ExecutionContext): Promise<{ server: TestServer; noted: (sequence: number) => string }> {
  const server = await startWithDays(t, 5)
  const heads = new Map([1, 2, 3, 4, 5].map((sequence) => [sequence, headAt(server, sequence).hash]))
  server.clock.advance(19 * day - 1)
  await clearAway(server)
  t.deepEqual(sequences(server), [4, 5])
  return { server, noted: (sequence) => `${sequence}:${heads.get(sequence)}` }
}

test('the command says how many events it saw, and up to which number they were pruned', async (t) => {
  const { server, noted } = await startPruned(t)
  const verify = (...args: string[]) => runCommand(t, server.file, ['audit', 'verify', ...args])
  const [plain, older, atAnchor] = await Promise.all([
    verify(),
    verify('--seen', noted(2)),
    verify('--json', '--seen', noted(3)),
  ])
  t.is(plain.code, 0)
  const lines = ['The audit trail is whole: 2 events.', 'Those up to number 3 were pruned.']
  t.is(plain.stdout, `${lines.join('\n')}\nIts head, to be noted elsewhere: ${noted(5)}\n`)
  assertFailure(
    t,
    older,
    /^guestlist: audit event 2 cannot be compared: it was pruned, as all up to 3 were: a newer head is needed\n$/,
  )
  const [, anchor] = noted(3).split(':')
  t.like(JSON.parse(atAnchor.stdout), { isWhole: true, events: 2, anchor: { sequence: 3, hash: anchor } })
})

test('an export begins behind the anchor, and says which hash its first line follows', async (t) => {
  const { server, noted } = await startPruned(t)
  const { code, stdout, stderr } = await runCommand(t, server.file, ['audit', 'export'])
  t.is(code, 0)
  t.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).sequence),
    [4, 5],
  )
  t.is(stderr, `Events up to number 3 were pruned; the first line follows ${noted(3).slice(2)}.\n`)
})

test('the doctor finds nothing wrong in a pruned trail', async (t) => {
  const { server } = await startPruned(t)
  const findings = findingsOf(await runChecksOn(server.file, {}, { now: server.clock.now }))
  t.deepEqual(
    findings.filter(({ check }) => check === 'audit-chain'),
    [],
  )
})

test('a pruned trail is backed up, proven and restored, and goes on', async (t) => {
  const { server } = await startPruned(t)
  const backup = await backUp(server.file)
  t.is(backup.auditHead?.sequence, 5)
  await server.stop()
  await restore(server.file, backup.file)
  t.deepEqual(
    lookInto<{ sequence: number }>(server.file, 'SELECT sequence FROM audit_events ORDER BY sequence').map(
      ({ sequence }) => sequence,
    ),
    [4, 5, 6],
  )
  t.is((await backUp(server.file, dirname(backup.file))).auditHead?.sequence, 6)
})

test('a head that was pruned while the backup was made is proven by the anchor, an older one by nothing', async (t) => {
  const { server, noted } = await startPruned(t)
  const { db } = server.auth.deps
  const head = (sequence: number) => ({ sequence, hash: noted(sequence).slice(2) })
  t.is((await proveContents(db, 'the copy', head(3)))?.sequence, 5)
  await t.throwsAsync(proveContents(db, 'the copy', { ...head(3), hash: head(4).hash }), {
    message: /event 3: it is not/,
  })
  await t.throwsAsync(proveContents(db, 'the copy', head(2)), { message: /event 2: it was pruned/ })
  await addEvent(server)
  t.like(await verifyAuditChain(db, { seen: head(5) }), { isWhole: true, events: 3 })
})
