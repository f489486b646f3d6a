import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import test from 'ava'
import SqliteDatabase from 'better-sqlite3'
import { openReadOnly } from '../../db/open-read-only.ts'
import { StartupError } from '../../db/startup-error.ts'
import { connectBeside, makeDataFile, newDataFile } from '../helpers/data-files.ts'

const names = (file: string): string[] => readdirSync(dirname(file))

async function tryToWrite(file: string): Promise<string> {
  const db = openReadOnly(file)
  try {
    await db
      .insertInto('server_secrets')
      .values({ name: 'a', value: Buffer.alloc(32) })
      .execute()
    return 'written'
  } catch (error) {
    return String((error as { code?: string }).code)
  } finally {
    await db.destroy()
  }
}

test('a data file that is only read cannot be written, whether another process has it open or not', async (t) => {
  const file = await makeDataFile(t)
  const before = readFileSync(file)
  t.is(await tryToWrite(file), 'SQLITE_READONLY')
  t.deepEqual(names(file), ['guestlist.db'])
  const other = connectBeside(t, file)
  other.prepare('SELECT count(*) FROM users').get()
  t.is(await tryToWrite(file), 'SQLITE_READONLY')
  t.is(names(file).length, 3, 'what the other one works with is still there')
  t.deepEqual(readFileSync(file), before)
})

test('reading goes on while another process begins to write, and nothing is taken from it at the end', async (t) => {
  const file = await makeDataFile(t)
  const db = openReadOnly(file)
  const countSecrets = async () => (await db.selectFrom('server_secrets').selectAll().execute()).length
  t.is(await countSecrets(), 0)
  const other = connectBeside(t, file)
  other.exec("INSERT INTO server_secrets VALUES ('a', zeroblob(32))")
  t.is(await countSecrets(), 1)
  await db.destroy()
  t.is(names(file).length, 3)
  t.is(other.prepare('SELECT count(*) FROM server_secrets').pluck().get(), 1)
})

test('what is no data file of ours is refused, left as it was, and not made', (t) => {
  const missing = newDataFile(t)
  t.throws(() => openReadOnly(missing), { instanceOf: StartupError, message: /does not exist/ })
  t.false(existsSync(missing))
  const foreign = newDataFile(t)
  const handle = new SqliteDatabase(foreign)
  handle.pragma('journal_mode = WAL')
  handle.exec('CREATE TABLE songs (name TEXT)')
  handle.close()
  chmodSync(foreign, 0o644)
  const before = readFileSync(foreign)
  t.throws(() => openReadOnly(foreign), { instanceOf: StartupError, message: /is not a Guestlist data file/ })
  t.deepEqual(readFileSync(foreign), before)
  t.deepEqual(names(foreign), ['guestlist.db'])
})
