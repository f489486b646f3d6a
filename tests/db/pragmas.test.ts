import test from 'ava'
import { sql } from 'kysely'
import { applicationId, newestVersion } from '../../db/migrate.ts'
import { newDataFile, openUntilEnd } from '../helpers/data-files.ts'
import { startServer } from '../helpers/start-server.ts'

test('the connection of the server syncs every commit, keeps foreign keys and never blocks in SQLite', async (t) => {
  const { deps } = (await startServer(t)).auth
  const pragma = async (name: string): Promise<unknown> => {
    const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(deps.db)
    return Object.values(rows[0] ?? {})[0]
  }
  t.is(await pragma('journal_mode'), 'wal')
  t.is(await pragma('synchronous'), 2)
  t.is(await pragma('foreign_keys'), 1)
  t.is(await pragma('trusted_schema'), 0)
  t.is(await pragma('secure_delete'), 1)
  t.is(await pragma('busy_timeout'), 0)
})

test('a data file says what it is and which schema it has', async (t) => {
  const server = await startServer(t)
  t.is(applicationId, Buffer.from('GLst').readUInt32BE())
  t.deepEqual(server.query('PRAGMA application_id'), [{ application_id: applicationId }])
  t.deepEqual(server.query('PRAGMA user_version'), [{ user_version: newestVersion }])
  t.deepEqual(server.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }])
  t.deepEqual(server.query('PRAGMA foreign_key_check'), [])
})

test('a data file that is current is opened without a write', async (t) => {
  const server = await startServer(t)
  await server.stop()
  const dataVersion = () => server.query('SELECT count(*) AS tables FROM sqlite_schema')
  const before = dataVersion()
  const db = openUntilEnd(t, server.file)
  const { rows } = await sql<{ changes: number }>`select total_changes() as changes`.execute(db)
  t.deepEqual(rows, [{ changes: 0 }])
  t.deepEqual(dataVersion(), before)
})

test('every table is strict, and every child of a foreign key has an index', async (t) => {
  const db = openUntilEnd(t, newDataFile(t))
  const tables = await sql<{ name: string; strict: number }>`select name, strict from pragma_table_list
    where schema = 'main' and type = 'table' and name not like 'sqlite_%'`.execute(db)
  t.true(tables.rows.length >= 11)
  for (const { name, strict } of tables.rows) t.is(strict, 1, name)
  const unindexed = await sql<{ child: string }>`select t.name || '.' || f."from" as child
    from pragma_table_list t join pragma_foreign_key_list(t.name) f
    where t.schema = 'main' and not exists (
      select 1 from pragma_index_list(t.name) i join pragma_index_info(i.name) c
      where c.seqno = 0 and c.name = f."from")`.execute(db)
  // Empty so far: nobody but the operator makes invites.
  const known = ['invites.created_by']
  t.deepEqual(
    unindexed.rows.filter(({ child }) => !known.includes(child)),
    [],
  )
})
