import { readFileSync } from 'node:fs'
import test from 'ava'
import { assertFailure, runCommand } from '../helpers/commands.ts'
import { makeDataFile, newDataFile } from '../helpers/data-files.ts'
import { exportedHash, importFile, writeImportFile } from '../helpers/import-files.ts'
import { registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const mangled = Buffer.from(await exportedHash('a password'))
  .fill('A', 40, 44)
  .toString()
const future = new Date(Date.now() + 86_400_000).toISOString()

/** What is wrong in a row that is right otherwise. */
const refusedRows: readonly (readonly [faulty: Record<string, unknown>, path: string, message: RegExp])[] = [
  [{ email: undefined }, 'email', /^Must be given$/],
  [{ username: null }, 'username', /^Must be given; --usernames-from makes one$/],
  [{ email: 'alice@' }, 'email', /Must be an email address/],
  [{ email: `${'a'.repeat(250)}@example.com` }, 'email', /254/],
  [{ email: ['alice@example.com'] }, 'email', /expected string/],
  [{ username: 'al' }, 'username', /Must have 3 to 32/],
  [{ username: ' alice' }, 'username', /Must have 3 to 32/],
  [{ username: 'Admin' }, 'username', /reserved/],
  [{ displayName: 'a\u0000b' }, 'displayName', /control/],
  [{ displayName: '\u202eecila' }, 'displayName', /direction/],
  [{ displayName: 'x'.repeat(65) }, 'displayName', /at most 64/],
  [{ displayName: '' }, 'displayName', /visible/],
  [{ avatarUrl: 'javascript:alert(1)' }, 'avatarUrl', /absolute https or http URL/],
  [{ createdAt: 'last summer' }, 'createdAt', /ISO 8601/],
  [{ createdAt: '2024-05-01T12:00:00' }, 'createdAt', /ISO 8601/],
  [{ createdAt: future }, 'createdAt', /future/],
  [
    { passwordHash: 'secure-password' },
    'passwordHash',
    /^Must be a hash of bcrypt, Argon2 or better-auth, or the base64/,
  ],
  [{ passwordHash: '$2b$10$abcdefghijklmnopqrstuv' }, 'passwordHash', /base64 of the 96 bytes/],
  [{ passwordHash: mangled }, 'passwordHash', /whole/],
  [{ passwordHash: await exportedHash('x', { logN: 15, r: 8, p: 1 }) }, 'passwordHash', /too low/],
  [{ passwordHash: await exportedHash('x', { logN: 15, r: 8, p: 13 }) }, 'passwordHash', /so high/],
  [{ password: 'secure-password', role: 'x' }, '', /^Unknown columns: "password", "role"; columns are email, /],
  [JSON.parse('{"__proto__": 1}'), '', /^Unknown columns: "__proto__"; columns are email, /],
]

test('a row is refused by the rules of registration, with line, column and reason, and nothing is written', async (t) => {
  const server = await startServer(t)
  const lines = refusedRows.map(([faulty], index) => {
    const right = { email: `person${index}@example.com`, username: `person${index}` }
    return JSON.stringify({ ...right, ...faulty })
  })
  const content = [JSON.stringify({ email: 'right@example.com', username: 'right' }), ...lines].join('\n')
  const { code, stdout, stderr } = await importFile(t, server.file, content, { name: 'a.ndjson', args: ['--json'] })
  t.is(code, 1)
  t.is(stderr, `guestlist: nothing was imported: ${lines.length} lines must be mended first\n`)
  const { imported, refused, ...more } = JSON.parse(stdout)
  t.deepEqual([imported, more], [0, {}])
  for (const [index, [, path, message]] of refusedRows.entries()) {
    const own = refused.filter(({ line }: { line: number }) => line === index + 2)
    t.is(own.length, 1, JSON.stringify([refusedRows[index], own]))
    t.deepEqual(Object.keys(own[0]), ['line', 'path', 'message'])
    t.is(own[0].path, path)
    t.regex(own[0].message, message)
  }
  t.is(refused.length, refusedRows.length)
  t.deepEqual(server.query('SELECT * FROM users'), [])
  t.deepEqual(server.query('SELECT * FROM audit_events'), [])
})

test('names that are there twice are refused, without regard to case: in the file and in the data file', async (t) => {
  const server = await startServer(t)
  await registerPerson(server, 'alice')
  const content = `email,username
ALICE@example.com,somebody
carol@example.com,Alice
dave@example.com,dave
Dave@Example.com,dave2
eve@example.com,DAVE
`
  for (const args of [[], ['--dry-run']]) {
    const ended = await importFile(t, server.file, content, { args })
    assertFailure(t, ended, /^guestlist: nothing was imported: 4 lines must be mended first$/m)
    t.deepEqual(ended.stderr.trimEnd().split('\n').slice(1), [
      'line 2, email: An account with this email address exists already',
      'line 3, username: An account with this username exists already',
      'line 5, email: Is the same as on line 4',
      'line 6, username: Is the same as on line 4',
    ])
    t.deepEqual(server.query('SELECT username FROM users'), [{ username: 'alice' }])
  }
})

test('people read the first hundred refusals and how many there are, and no bytes that move their cursor', async (t) => {
  const file = await makeDataFile(t)
  const rows = Array.from({ length: 150 }, () => 'nobody,\u001b[2Jx')
  const ended = await importFile(t, file, `email,username\n${rows.join('\n')}`)
  assertFailure(t, ended, /^guestlist: nothing was imported: 150 lines must be mended first$/m)
  const lines = ended.stderr.trimEnd().split('\n')
  t.is(lines.length, 102)
  t.is(lines.at(-1), 'and 200 more; --json prints all')
  const header = await importFile(t, file, 'email,username,\u001b[2J\n')
  assertFailure(t, header, /^line 1: Unknown columns: "\\u001b\[2J"; columns are email, /m)
  t.false(header.stderr.includes('\u001b'))
})

test('--dry-run checks everything and writes nothing, not even beside the data file', async (t) => {
  const file = await makeDataFile(t)
  const before = readFileSync(file)
  const { code, stdout, stderr } = await importFile(t, file, 'email,username\nalice@example.com,alice\n', {
    args: ['--dry-run', '--json'],
  })
  t.is(code, 0, stderr)
  t.deepEqual(JSON.parse(stdout), { imported: 0, refused: [] })
  t.is(stderr, `1 account can be imported into ${file}; nothing was written\n`)
  t.deepEqual(readFileSync(file), before)
})

test('what cannot be begun is one line: no format, no file, no data file, nobody in it', async (t) => {
  const file = await makeDataFile(t)
  const people = 'email,username\nalice@example.com,alice\n'
  assertFailure(t, await importFile(t, file, people, { name: 'people.txt' }), /does not end in \.csv or \.jsonl: say/)
  assertFailure(t, await runCommand(t, file, ['import', '-']), /^guestlist: - does not end in/)
  assertFailure(t, await runCommand(t, file, ['import', '/no/such.csv']), /such\.csv cannot be read \(ENOENT\)\n$/)
  assertFailure(
    t,
    await runCommand(t, file, ['import', '/tmp', '--format', 'csv']),
    /\/tmp cannot be read \(EISDIR\)\n$/,
  )
  assertFailure(t, await importFile(t, file, 'email,username\n'), /line 1: There is nobody in this file\n$/)
  for (const args of [[], ['--dry-run']]) {
    const command = ['import', writeImportFile(t, people), ...args]
    assertFailure(t, await runCommand(t, newDataFile(t), command), /does not exist: is DATABASE_URL the one/)
  }
})
