import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { statSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { firstPreviousHash, hashAuditEvent } from '../../db/audit-hash.ts'
import { createAmbience } from '../../server/ambience.ts'
import { verifyAuditChain } from '../../server/audit/verify-chain.ts'
import { importAccounts } from '../../server/import/import-accounts.ts'
import type { Refusal, Row } from '../../server/import/row.ts'
import { Chance } from '../helpers/chance.ts'
import { assertFailure, runCommand } from '../helpers/commands.ts'
import { connectBeside, makeDataFile, openUntilEnd } from '../helpers/data-files.ts'
import { type KnownHash, mixedHashes } from '../helpers/foreign-hashes.ts'
import { exportedHash, importFile, manyRows, plainReading, writeImportFile } from '../helpers/import-files.ts'
import { logIn, registerPerson } from '../helpers/people.ts'
import { startScript } from '../helpers/processes.ts'
import { createClock, startServer, type TestServer } from '../helpers/start-server.ts'

const many = 100_000
const drawn = 200
const hash = await exportedHash('the password from before')

test('100,000 people come in one go while a server runs: it sees all or nobody, and goes on writing', async (t) => {
  t.timeout(240_000, 'others may take the whole machine')
  let server = await startServer(t, { clock: createClock(Date.now()) })
  await registerPerson(server, 'alice')
  const known = await mixedHashes(50)
  const people = manyRows(
    many,
    known.map(({ hash }) => hash),
  )
  const written = writeImportFile(t, people)
  const importing = runCommand(t, server.file, ['import', written])
  const isDone = importing.then(() => true)
  const notYet = new Promise<false>((resolve) => setImmediate(resolve, false))
  const seen = new Set<unknown>()
  let signIns = 0
  do {
    const { status, text } = await logIn(server, 'alice')
    t.is(status, 200, text)
    signIns += 1
    seen.add(server.query<{ users: number }>('SELECT count(*) AS users FROM users')[0]?.users)
  } while (!(await Promise.race([isDone, notYet])))
  let { code, stderr } = await importing
  t.true(signIns > 0)
  if (code === 75) {
    // A machine that others have taken: nobody came in, and the server's people were held up for that no longer.
    t.regex(stderr, /too busy .* nothing was imported/)
    t.deepEqual([...seen], [1])
    await server.stop()
    const again = await runCommand(t, server.file, ['import', written])
    code = again.code
    stderr = again.stderr
    server = await startServer(t, { file: server.file, clock: server.clock })
  }
  t.is(code, 0, stderr)
  seen.delete(many + 1)
  t.deepEqual([...seen], [1], 'never a part of them')
  t.is(stderr, `100,000 accounts written to ${server.file}\n`)
  await assertUpgraded(t, server, known)
  t.like(await verifyAuditChain(server.auth.deps.db), { isWhole: true, events: many + 1 + signIns + drawn })
})

/** As many people drawn at random sign in with the password that they had, and then have one of our hashes. */
async function assertUpgraded(t: ExecutionContext, server: TestServer, known: readonly KnownHash[]): Promise<void> {
  const seed = randomInt(2 ** 32)
  const chance = new Chance(seed)
  const numbers = new Set<number>()
  while (numbers.size < drawn) numbers.add(chance.below(many))
  const waiting = [...numbers]
  // As many at once as the queue of hashes takes.
  while (waiting.length > 0) {
    const statuses = await Promise.all(
      waiting.splice(0, 100).map(async (number) => {
        const { password = '' } = known[number % known.length] ?? {}
        return (await logIn(server, `person${number}`, password)).status
      }),
    )
    t.deepEqual([...new Set(statuses)], [200], `seed ${seed}`)
  }
  const upgraded = server.query<{ username: string }>(
    "SELECT username FROM users WHERE username LIKE 'person%' AND CAST(substr(password_hash, 1, 6) AS TEXT) = 'scrypt'",
  )
  t.deepEqual(upgraded.map(({ username }) => username).sort(), [...numbers].map((number) => `person${number}`).sort())
}

test('what is beyond 100,000 rows is refused, and not read', async (t) => {
  const db = openUntilEnd(t, await makeDataFile(t))
  async function* endless(): AsyncGenerator<Refusal> {
    for (let line = 2; ; line += 1) yield { line, path: '', message: 'Is not a JSON object' }
  }
  const { refused } = await importAccounts({ ...createAmbience(), db }, endless(), plainReading)
  t.deepEqual(refused.at(-1), { line: 100_002, path: '', message: 'Is beyond 100000 rows: split the file' })
  t.is(refused.length, 100_001)
})

test('a bad last row keeps everybody out', async (t) => {
  const file = await makeDataFile(t)
  const ended = await importFile(t, file, `${manyRows(1000, [hash])}more@example.com,m,,,,\n`)
  assertFailure(t, ended, /^line 1002, username: Must have 3 to 32/m)
  t.is(connectBeside(t, file).prepare('SELECT count(*) FROM users').pluck().get(), 0)
})

/** Stops the import when it has written a part of its transaction; false when it was too quick. */
async function stopInTheMiddle(t: ExecutionContext, file: string): Promise<boolean> {
  // More than SQLite keeps in memory before it writes.
  const people = writeImportFile(t, manyRows(20_000, [hash], `https://example.com/${'a'.repeat(1500)}`))
  const settings = { DATABASE_URL: `file:${file}` }
  const { child, ended } = startScript(t, 'scripts/guestlist.ts', ['import', people], settings)
  const watcher = watch(dirname(file))
  const isWritten = (): boolean => (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000
  while (!isWritten() && child.exitCode === null) await Promise.race([once(watcher, 'change'), ended])
  child.kill('SIGSTOP')
  watcher.close()
  const isInTheMiddle = connectBeside(t, file).prepare('SELECT count(*) FROM users').pluck().get() === 0
  child.kill('SIGKILL')
  await ended
  return isInTheMiddle
}

test('an import that is killed while it writes leaves nothing of it, and can be made again', async (t) => {
  let file = await makeDataFile(t)
  for (let tries = 1; !(await stopInTheMiddle(t, file)); tries += 1) {
    if (tries === 5) return t.fail('the import was never stopped in the middle')
    file = await makeDataFile(t)
  }
  const db = openUntilEnd(t, file)
  const beside = connectBeside(t, file)
  t.is(beside.pragma('integrity_check', { simple: true }), 'ok')
  t.is(beside.prepare('SELECT count(*) FROM users').pluck().get(), 0)
  t.like(await verifyAuditChain(db), { isWhole: true, events: 0 })
  const { code, stderr } = await importFile(t, file, 'email,username\nperson1@example.com,person1\n')
  t.is(code, 0, stderr)
})

async function* rowsOf(...usernames: string[]): AsyncGenerator<Row> {
  for (const [index, username] of usernames.entries()) {
    yield { line: index + 1, fields: { username, email: `${username}@example.com` } }
  }
}

/** Runs something once all rows have been checked, and before anything is written. */
function afterChecks(rows: number, act: () => void) {
  const { newId, ...ambience } = createAmbience()
  let ids = 0
  return {
    ...ambience,
    newId: () => {
      ids += 1
      if (ids === rows + 1) act()
      return newId()
    },
  }
}

test('a name that is taken between the check and the write is refused with its line, and nothing is written', async (t) => {
  const file = await makeDataFile(t)
  const db = openUntilEnd(t, file)
  const beside = connectBeside(t, file)
  const register = beside.prepare(
    "INSERT INTO users (id, username, display_name, is_bot, created_at) VALUES (?, 'bob', 'Bob', 0, 1)",
  )
  const deps = afterChecks(2, () => register.run(createAmbience().newId()))
  t.deepEqual(await importAccounts({ ...deps, db }, rowsOf('alice', 'bob'), plainReading), {
    imported: 0,
    withPassword: 0,
    refused: [{ line: 2, path: 'username', message: 'An account with this username exists already' }],
  })
  t.deepEqual(beside.prepare('SELECT username FROM users').pluck().all(), ['bob'])
  t.is(beside.prepare('SELECT count(*) FROM audit_events').pluck().get(), 0)
  t.like(await importAccounts({ ...createAmbience(), db }, rowsOf('alice', 'carol'), plainReading), { imported: 2 })
})

test('an audit event that is written between the check and the write stays in the chain', async (t) => {
  const file = await makeDataFile(t)
  const db = openUntilEnd(t, file)
  const beside = connectBeside(t, file)
  const rotated = {
    sequence: 1,
    id: createAmbience().newId(),
    occurred_at: 1,
    event: 'signing_key.rotated',
    user_id: null,
    session_id: null,
    details: null,
  }
  const hash = hashAuditEvent(firstPreviousHash, rotated)
  const insert = beside.prepare('INSERT INTO audit_events VALUES (?, ?, ?, ?, NULL, NULL, NULL, ?, ?)')
  const deps = afterChecks(2, () => insert.run(1, rotated.id, 1, rotated.event, firstPreviousHash, hash))
  t.like(await importAccounts({ ...deps, db }, rowsOf('alice', 'bob'), plainReading), { imported: 2 })
  t.like(await verifyAuditChain(db), { isWhole: true, events: 3 })
})
