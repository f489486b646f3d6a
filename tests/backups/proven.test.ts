import { readFileSync, statSync, truncateSync } from 'node:fs'
import { dirname } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { StartupError } from '../../db/startup-error.ts'
import { proveSameRows } from '../../server/backups/make-backup.ts'
import {
  backUp,
  contentsOf,
  fillDataFile,
  firstPageOf,
  overwrite,
  restore,
  tamper,
  unseal,
} from '../helpers/backups.ts'

/** Restores a backup after it was changed: it must be refused, with nothing changed in the data file's folder. */
async function refusalOf(t: ExecutionContext, change: (backup: string) => void): Promise<string> {
  const file = await fillDataFile(t, ['alice', 'bob', 'carol'])
  const { file: backup } = await backUp(file)
  unseal(backup)
  change(backup)
  const before = contentsOf(dirname(file))
  const error = await t.throwsAsync(restore(file, backup), { instanceOf: StartupError })
  t.deepEqual(contentsOf(dirname(file)), before)
  return (error?.message ?? '').replaceAll(backup, 'BACKUP')
}

function flip(file: string, position: number): void {
  const byte = readFileSync(file)[position] ?? 0
  overwrite(file, position, Buffer.of(byte ^ 1))
}

test('a backup carries a seal, so that any changed byte of it is found', async (t) => {
  const file = await fillDataFile(t)
  const { file: backup, bytes } = await backUp(file)
  const whole = readFileSync(backup)
  const before = contentsOf(dirname(file))
  for (const position of [0, 30, 5000, Math.floor(bytes / 2), bytes - 49, bytes - 1]) {
    flip(backup, position)
    const error = await t.throwsAsync(restore(file, backup), { instanceOf: StartupError })
    t.is(error?.message, `${backup} was changed after it was made: take another backup`)
    flip(backup, position)
  }
  t.deepEqual(contentsOf(dirname(file)), before)
  t.deepEqual(readFileSync(backup), whole)
  t.is((await restore(file, backup)).users, 1)
  t.is(statSync(file).size % 4096, 0, 'the restored file has none')
})

test('a flipped byte in the head of a table’s page is found', async (t) => {
  const refusal = await refusalOf(t, (backup) => flip(backup, firstPageOf(backup, 'users')))
  t.regex(refusal, /^BACKUP is damaged \(.*\): take another backup$/)
})

test('a flipped byte in a row of a table is found, because an index says otherwise', async (t) => {
  const refusal = await refusalOf(t, (backup) => {
    const page = firstPageOf(backup, 'users')
    // The address, and then its key, which is the one with the index.
    const addresses = 'alice@example.comalice@example.com'
    flip(backup, readFileSync(backup).indexOf(addresses, page) + addresses.length / 2)
  })
  t.is(refusal, 'BACKUP is damaged (row 1 missing from index sqlite_autoindex_users_2): take another backup')
})

test('a page that is missing at the end is found', async (t) => {
  const refusal = await refusalOf(t, (backup) => {
    truncateSync(backup, statSync(backup).size - 4096)
  })
  t.is(refusal, 'BACKUP was changed after it was made: take another backup')
})

const changes: readonly (readonly [what: string, sql: string, reason: RegExp])[] = [
  [
    'a changed audit event',
    "DROP TRIGGER audit_events_are_kept_as_written; UPDATE audit_events SET event = 'bot.created' WHERE sequence = 2",
    /^BACKUP is not as it was written: audit event 2: it was changed after it was written; take another backup$/,
  ],
  [
    'an audit event that is missing',
    'DELETE FROM audit_events WHERE sequence = 2',
    /audit event 3: the event before it is missing/,
  ],
  [
    'a person who is missing',
    "DELETE FROM users WHERE username = 'bob'",
    /^BACKUP is damaged \(a row of sessions belongs to one of users that is missing\): take another backup$/,
  ],
  ['a signing key that is missing', 'DELETE FROM signing_keys', /^BACKUP holds no signing key$/],
]

for (const [what, sql, reason] of changes) {
  test(`${what} is found`, async (t) => {
    t.regex(await refusalOf(t, (backup) => tamper(backup, sql)), reason)
  })
}

test('the rows of a data file that nobody writes to are counted against those of the copy', (t) => {
  const rows = { users: 3, sessions: 4 }
  t.notThrows(() => proveSameRows({ ...rows }, rows))
  for (const copied of [{ users: 2, sessions: 4 }, { users: 3 }, { ...rows, invites: 0 }]) {
    t.throws(() => proveSameRows(copied, rows), { instanceOf: StartupError, message: /: nothing was kept$/ })
  }
})
