import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { openDatabase } from '../../db/open-database.ts'
import { connectBeside, makeDataFile, newDataFile } from '../helpers/data-files.ts'
import { registerPerson } from '../helpers/people.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { startServer } from '../helpers/start-server.ts'
import { hasTool } from '../helpers/tools.ts'

/** SQLite as the operator has it, which may be years older than ours. */
const sqlite3 = (file: string, ...statements: readonly string[]): string[] =>
  execFileSync('sqlite3', ['-readonly', '-bail', file, ...statements], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')

const checked = ['PRAGMA integrity_check', 'PRAGMA quick_check', 'PRAGMA foreign_key_check']

test("the operator's own sqlite3 finds nothing wrong with a data file in use, nor with a dump of it", async (t) => {
  if (!hasTool(t, 'sqlite3')) return
  const server = await startServer(t)
  await registerPerson(server)
  await server.stop()
  t.deepEqual(sqlite3(server.file, ...checked), ['ok', 'ok'])
  t.not(sqlite3(server.file, 'SELECT count(*) FROM audit_events WHERE details IS NULL')[0], '0')
  const copy = newDataFile(t)
  const dump = execFileSync('sqlite3', ['-readonly', server.file, '.dump'])
  execFileSync('sqlite3', ['-bail', copy], { input: dump })
  t.deepEqual(sqlite3(copy, ...checked), ['ok', 'ok'])
})

for (const version of [1, 4, 5, 6, 7]) {
  test(`a data file of schema ${version} that was upgraded is whole to the operator's sqlite3 too, and holds what it held`, async (t) => {
    if (!hasTool(t, 'sqlite3')) return
    const file = newDataFile(t)
    copyFileSync(join(projectFolder, 'tests', 'db', 'files', `schema-${version}.db`), file)
    const columns = 'id, email, username, hex(password_hash), created_at'
    const before = sqlite3(file, `SELECT ${columns} FROM users ORDER BY id`)
    await openDatabase(file).selectFrom('users').select('id').execute()
    t.deepEqual(sqlite3(file, ...checked), ['ok', 'ok'])
    t.deepEqual(sqlite3(file, `SELECT ${columns} FROM users ORDER BY id`), before)
    t.true(existsSync(file) && before.length >= 2)
  })
}

test('an upgrade gives the very schema of a new data file', async (t) => {
  const [older, newer] = [newDataFile(t), await makeDataFile(t)]
  copyFileSync(join(projectFolder, 'tests', 'db', 'files', 'schema-1.db'), older)
  const db = openDatabase(older)
  await db.selectFrom('users').select('id').execute()
  await db.destroy()
  const schemaOf = (file: string): unknown[] =>
    connectBeside(t, file)
      .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")
      .all()
  t.deepEqual(schemaOf(older), schemaOf(newer))
})

test('every CHECK of a column that may be NULL says itself what it says of NULL', async (t) => {
  const handle = connectBeside(t, await makeDataFile(t))
  const tables = handle.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL").all()
  const unguarded = (tables as { name: string; sql: string }[]).flatMap(({ name, sql }) =>
    unguardedChecks(sql, nullableColumns(handle, name)).map((check) => `${name}: ${check}`),
  )
  t.deepEqual(unguarded, [])
})

test('a CHECK that leaves NULL to SQLite is noticed', (t) => {
  t.deepEqual(unguardedChecks('a TEXT CHECK (length(a) = 5), b TEXT CHECK (b IS NULL OR length(b) = 5)', ['a', 'b']), [
    'length(a) = 5',
  ])
})

function nullableColumns(handle: ReturnType<typeof connectBeside>, table: string): string[] {
  const columns = handle.prepare('SELECT name, "notnull" AS isRequired FROM pragma_table_info(?)').all(table)
  return (columns as { name: string; isRequired: number }[]).filter((each) => !each.isRequired).map(({ name }) => name)
}

function unguardedChecks(sql: string, nullable: readonly string[]): string[] {
  return [...sql.matchAll(/CHECK \(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)/g)]
    .map(([, check = '']) => check)
    .filter((check) =>
      nullable.some(
        (column) => new RegExp(`\\b${column}\\b`).test(check) && !new RegExp(`\\b${column} IS (NOT )?NULL`).test(check),
      ),
    )
}
