import { createHash } from 'node:crypto'
import test, { type ExecutionContext } from 'ava'
import { createHeadLog } from '../../server/audit/log-head.ts'
import { verifyAuditChain } from '../../server/audit/verify-chain.ts'
import { assertFailure, runCommand } from '../helpers/commands.ts'
import { logIn, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

/** Three people, with the guard against slips taken away, as whoever wants to change the record would do. */
async function startWithEvents(t: ExecutionContext): Promise<TestServer> {
  const server = await startServer(t)
  for (const name of ['alice', 'bob', 'carol']) await registerPerson(server, name)
  return server
}

const verify = (t: ExecutionContext, server: TestServer, ...args: string[]) =>
  runCommand(t, server.file, ['audit', 'verify', ...args])

const verdictOf = (server: TestServer, options?: Parameters<typeof verifyAuditChain>[1]) =>
  verifyAuditChain(server.auth.deps.db, options)

const forge = (server: TestServer, sql: string): void => {
  server.query('DROP TRIGGER IF EXISTS audit_events_are_kept_as_written')
  server.query(sql)
}

const idOf = (server: TestServer, sequence: number): string =>
  server.query<{ id: string }>('SELECT id FROM audit_events WHERE sequence = ?', sequence)[0]?.id ?? ''

test('an untouched trail is whole, also when many wrote to it at once', async (t) => {
  const server = await startWithEvents(t)
  await Promise.all(Array.from({ length: 12 }, (_, number) => registerPerson(server, `person${number}`)))
  await Promise.all(['alice', 'bob'].map((name) => runCommand(t, server.file, ['users', 'disable', name])))
  const { code, stdout } = await verify(t, server)
  t.is(code, 0)
  t.regex(stdout, /^The audit trail is whole: 17 events\.\nIts head, to be noted elsewhere: 17:[0-9a-f]{64}\n$/)
})

test('the hash is what the documentation says: SHA-256 of the hash before and the fields as a JSON array', async (t) => {
  const server = await startWithEvents(t)
  let previous = Buffer.alloc(32)
  for (const row of server.query<Record<string, never>>('SELECT * FROM audit_events ORDER BY sequence')) {
    const { sequence, id, occurred_at, event, user_id, session_id, details } = row
    const text = JSON.stringify([sequence, id, occurred_at, event, user_id, session_id, details])
    const expected = createHash('sha256').update(previous).update(text).digest()
    t.deepEqual(row.hash, expected)
    t.deepEqual(row.previous_hash, previous)
    previous = expected
  }
  t.not(previous.toString('hex'), '0'.repeat(64))
})

test('an event that is missing, and one put in between, are named', async (t) => {
  const server = await startWithEvents(t)
  forge(server, 'DELETE FROM audit_events WHERE sequence = 2')
  const reason = new RegExp(`broken at event 3 \\(${idOf(server, 3)}\\): the event before it is missing`)
  assertFailure(t, await verify(t, server), reason)
  forge(server, 'UPDATE audit_events SET sequence = 2 WHERE sequence = 3')
  t.like(await verdictOf(server), { sequence: 2, problem: 'it does not follow the event before it' })
})

test('a chain that was computed anew, or cut off at its end, shows against a head noted before', async (t) => {
  const server = await startWithEvents(t)
  const [, head = ''] = /noted elsewhere: (\S+)/.exec((await verify(t, server)).stdout) ?? []
  await registerPerson(server, 'dora')
  t.is((await verify(t, server, '--seen', head)).code, 0)
  assertFailure(
    t,
    await verify(t, server, '--seen', `3:${'0'.repeat(64)}`),
    /event 3: it is not the one that was there/,
  )
  forge(server, 'DELETE FROM audit_events WHERE sequence > 2')
  t.true((await verdictOf(server)).isWhole, 'alone, the chain cannot know')
  assertFailure(t, await verify(t, server, '--seen', head), /event 3: it was there once and is missing/)
  assertFailure(t, await verify(t, server, '--seen', '3'), /It must be a number, a colon and 64 hexadecimal digits/)
})

test('events cannot be changed in passing', async (t) => {
  const server = await startWithEvents(t)
  t.throws(() => server.query("UPDATE audit_events SET event = 'x' WHERE sequence = 1"), { message: /never changed/ })
})

test('the verdict is JSON for programs, and the exit code says the same', async (t) => {
  const server = await startWithEvents(t)
  const whole = await verify(t, server, '--json')
  t.is(whole.code, 0)
  t.like(JSON.parse(whole.stdout), { isWhole: true, events: 3, head: { sequence: 3 } })
  forge(server, "UPDATE audit_events SET event = 'x' WHERE sequence = 1")
  const broken = await verify(t, server, '--json')
  t.is(broken.code, 1)
  t.like(JSON.parse(broken.stdout), { isWhole: false, sequence: 1 })
})

test('events are listed newest first and by account, and exported whole, oldest first', async (t) => {
  const server = await startWithEvents(t)
  await logIn(server, 'alice', 'a wrong password')
  await runCommand(t, server.file, ['users', 'disable', 'alice'])
  const list = await runCommand(t, server.file, ['audit', 'list', '--user', 'alice', '--json'])
  t.like(JSON.parse(list.stdout), [
    { sequence: 5, event: 'account.disabled', details: { sessions: 1 } },
    { sequence: 4, event: 'sign_in.failed', details: null },
    { sequence: 1, event: 'account.registered', details: null },
  ])
  const one = await runCommand(t, server.file, ['audit', 'list', '--event', 'account.disabled'])
  t.regex(one.stdout, /^# .*\n5 .*account\.disabled.*\{"sessions":1\}\n$/)
  const { stdout } = await runCommand(t, server.file, ['audit', 'export'])
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.deepEqual(
    lines.map(({ sequence }) => sequence),
    [1, 2, 3, 4, 5],
  )
  t.false(stdout.includes('example.com'), 'nothing personal')
})

test('the head is logged at start and once a day', async (t) => {
  const server = await startWithEvents(t)
  const heads = (): unknown[] => server.log().match(/"event":"audit\.head"/g) ?? []
  const logHead = createHeadLog(server.auth.deps)
  await logHead()
  await logHead()
  t.is(heads().length, 1)
  server.clock.advance(86_400_000)
  await logHead()
  t.is(heads().length, 2)
  t.regex(server.log(), /"event":"audit\.head","sequence":3,"hash":"[0-9a-f]{64}"/)
  await server.stop()
  const again = await startServer(t, { file: server.file, clock: server.clock })
  t.regex(again.log(), /"event":"audit\.head"/)
})
