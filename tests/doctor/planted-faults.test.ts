import {
  chmodSync,
  chownSync,
  closeSync,
  openSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import SqliteDatabase from 'better-sqlite3'
import { newestVersion } from '../../db/migrate.ts'
import { runCommand } from '../helpers/commands.ts'
import { doctorJson, findingsOf, healthyDataFile, runChecksOn } from '../helpers/doctor.ts'
import type { Settings } from '../helpers/processes.ts'

const day = 86_400_000

interface Fault {
  readonly plant?: (file: string) => void
  readonly settings?: Settings
  /** How long ago the data file was made. */
  readonly ageMs?: number
  readonly check: string
  readonly status: 'warning' | 'error'
  readonly says: RegExp
}

/** Writes as no command of ours does: without foreign keys and triggers. */
const write = (sql: string) => (file: string) => {
  const handle = new SqliteDatabase(file)
  handle.pragma('foreign_keys = OFF')
  handle.exec(sql)
  handle.close()
}

const event = (sequence: number, previousHash: string): string =>
  `(${sequence}, '0190e6f0-0000-7000-8000-00000000000${sequence}', 1, 'invite.minted', NULL, NULL, NULL, ${previousHash}, zeroblob(32))`

const id = '0190e6f0-0000-7000-8000-000000000000'

/** Fills the page where an index begins with what is no page. */
function breakIndex(file: string): void {
  const handle = new SqliteDatabase(file)
  const root = "SELECT rootpage FROM sqlite_schema WHERE name = 'sign_in_failures_forgotten'"
  const page = handle.prepare(root).pluck().get() as number
  handle.close()
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, Buffer.alloc(4096, 7), 0, 4096, (page - 1) * 4096)
  closeSync(descriptor)
}

const faults: Record<string, Fault> = {
  'a key that is none': {
    plant: write("UPDATE signing_keys SET public_key = 'no JSON but a secret'"),
    check: 'signing-key',
    status: 'error',
    says: /^the data file holds what cannot be \(SyntaxError\)$/,
  },
  'a setting that cannot be used': {
    settings: { PORT: 'x', TOKEN_TTL: 'long' },
    check: 'settings',
    status: 'error',
    says: /^PORT must be a port .*; TOKEN_TTL must be /,
  },
  'an address without encryption': {
    settings: { PUBLIC_URL: 'http://auth.example' },
    check: 'public-url',
    status: 'warning',
    says: /^PUBLIC_URL is http:\/\/auth\.example: /,
  },
  'a proxy that is not trusted': {
    settings: { PUBLIC_URL: 'https://auth.example' },
    check: 'proxy',
    status: 'warning',
    says: /without TRUST_PROXY all people share its address/,
  },
  'no data file': { plant: rmSync, check: 'data-file', status: 'error', says: /does not exist: is DATABASE_URL/ },
  'a file of another program': {
    plant: write('PRAGMA application_id = 7'),
    check: 'data-file',
    status: 'error',
    says: /is not a Guestlist data file/,
  },
  'a file that is no SQLite file': {
    plant: (file) => writeFileSync(file, '#!/bin/sh\n'.repeat(100)),
    check: 'data-file',
    status: 'error',
    says: /is not a SQLite file/,
  },
  'a newer schema': {
    plant: write(`PRAGMA user_version = ${newestVersion + 1}`),
    check: 'data-file',
    status: 'error',
    says: /was written by a newer Guestlist/,
  },
  'an older schema': {
    plant: write('PRAGMA user_version = 1; DROP TABLE audit_events'),
    check: 'schema',
    status: 'warning',
    says: /^the schema is 1, and this version has \d+$/,
  },
  'an empty data file': {
    plant: (file) => truncateSync(file),
    check: 'data-file',
    status: 'error',
    says: /is empty, with no tables of Guestlist/,
  },
  'a data file that others can read': {
    plant: (file) => chmodSync(file, 0o644),
    check: 'file-modes',
    status: 'error',
    says: /guestlist\.db is open to other users \(mode 644\)$/,
  },
  'a folder that everybody can write in': {
    plant: (file) => chmodSync(dirname(file), 0o1777),
    check: 'file-modes',
    status: 'error',
    says: /^everybody can write in .* \(mode 1777\)$/,
  },
  'a folder that a group can write in': {
    plant: (file) => chmodSync(dirname(file), 0o770),
    check: 'file-modes',
    status: 'warning',
    says: /^its group can write in .* \(mode 770\)$/,
  },
  'a large write-ahead log': {
    plant: (file) => {
      writeFileSync(`${file}-wal`, '', { mode: 0o600 })
      truncateSync(`${file}-wal`, 101 * 2 ** 20)
    },
    check: 'wal-size',
    status: 'warning',
    says: /grown to 101 MiB$/,
  },
  'a damaged page': { plant: breakIndex, check: 'integrity', status: 'error', says: /^the data file is damaged: / },
  'a row that names nobody': {
    plant: write(`INSERT INTO password_reset_codes VALUES (zeroblob(32), '${id}', 1, 2)`),
    check: 'references',
    status: 'error',
    says: /^1 of password_reset_codes name what is not in users$/,
  },
  'an audit event that nobody chained': {
    plant: write(`INSERT INTO audit_events VALUES ${event(1, 'zeroblob(32)')}`),
    check: 'audit-chain',
    status: 'error',
    says: /^audit event 1 breaks the chain: it was changed/,
  },
  'no signing key': {
    plant: write('DELETE FROM signing_keys'),
    check: 'signing-key',
    status: 'warning',
    says: /^there is no signing key yet$/,
  },
  'a signing key that is broken': {
    plant: write("UPDATE signing_keys SET private_key = replace(private_key, 'M', 'N')"),
    check: 'signing-key',
    status: 'error',
    says: /^the key \S+ cannot sign$/,
  },
  'a clock that runs behind': {
    ageMs: -30 * day,
    check: 'signing-key',
    status: 'error',
    says: /^no key signs before \d{4}-/,
  },
  'a file from the future': {
    plant: (file) => utimesSync(file, new Date(), new Date(Date.now() + day)),
    check: 'clock',
    status: 'error',
    says: /^the data file was written at \d{4}-\S+Z, and here it is \d{4}-\S+Z$/,
  },
  'no backup': {
    plant: write('DELETE FROM backups'),
    check: 'backups',
    status: 'warning',
    says: /^there has never been a backup that was proven$/,
  },
  'an old backup': {
    plant: write(`UPDATE backups SET proven_at = ${Date.now() - 8 * day}`),
    check: 'backups',
    status: 'warning',
    says: /^the last proven backup is 8 days old$/,
  },
  'a schedule of backups that is not kept': {
    plant: write(`UPDATE backups SET proven_at = ${Date.now() - 3 * day}`),
    settings: { BACKUP_EVERY: '1d' },
    check: 'backups',
    status: 'error',
    says: /^the last proven backup is 3 days old, and BACKUP_EVERY asks for more$/,
  },
  'a backup that is gone': {
    plant: write("UPDATE backups SET file = '/no/such/backup.db'"),
    check: 'backups',
    status: 'warning',
    says: /^\/no\/such\/backup\.db is not there any more, as it was proven$/,
  },
  'notices that nobody sends': {
    plant: write(
      `INSERT INTO outbox (id, kind, recipient, user_id, subject, text, turn, created_at, due_at, claimed_until, tries)
       VALUES ('${id}', 'password changed', 'alice@example.com', '${id}', 'a', 'b', 0, ${Date.now() - day}, 0, 0, 9)`,
    ),
    check: 'mail',
    status: 'warning',
    says: /^notices to people wait to be sent: 1, the first since \d{4}-\S+Z$/,
  },
  'an old signing key': {
    ageMs: 36 * day,
    check: 'signing-key',
    status: 'warning',
    says: /^the signing key is 36 days old: no server has made a new one, as it does after 30$/,
  },
}

async function assertNamed(t: ExecutionContext, { plant, settings, ageMs = 0, check, status, says }: Fault) {
  const file = await healthyDataFile(t, Date.now() - ageMs)
  plant?.(file)
  const findings = findingsOf(await runChecksOn(file, settings))
  t.is(findings.length, 1, JSON.stringify(findings))
  t.like(findings[0], { check, status })
  t.regex(findings[0]?.message ?? '', says)
}

for (const [name, fault] of Object.entries(faults)) {
  test(`${name}: found by its check, and by no other`, async (t) => await assertNamed(t, fault))
}

test('a data file of another user is found', async (t) => {
  if (process.getuid?.() !== 0) return t.pass('only root can give files away')
  await assertNamed(t, {
    plant: (file) => chownSync(file, 1234, 1234),
    check: 'file-owner',
    status: 'warning',
    says: /^the data file belongs to user 1234, and this runs as user 0$/,
  })
})

test('an error makes the command fail, a warning does not; what could not be looked at is said to be skipped', async (t) => {
  const file = await healthyDataFile(t)
  const failed = await doctorJson(t, file, { PORT: 'x' })
  t.is(failed.code, 1)
  t.is(failed.stderr, 'guestlist: 1 thing is wrong\n')
  t.deepEqual([...new Set(failed.reports.map(({ status }) => status))].sort(), ['error', 'ok', 'skipped'])
  t.deepEqual(Object.keys(failed.reports[0] ?? {}), ['check', 'status', 'message'])
  const warned = await doctorJson(t, file, { PUBLIC_URL: 'http://auth.example' })
  t.is(warned.code, 0)
  t.is(warned.stderr, '')
  t.deepEqual(Object.keys(findingsOf(warned.reports)[0] ?? {}), ['check', 'status', 'message', 'action'])
})

test('people read what to do in the same line', async (t) => {
  const file = await healthyDataFile(t, Date.now() - 36 * day)
  const { code, stdout, stderr } = await runCommand(t, file, ['doctor'])
  t.is(code, 0, stderr)
  t.regex(
    stdout,
    /^warning {2}signing-key {2}the signing key is 36 days old: .*; start the server, or guestlist keys rotate; nobody is /m,
  )
})
