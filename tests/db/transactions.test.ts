import test from 'ava'
import { type Kysely, sql } from 'kysely'
import type { Database, DatabaseTransaction, Schema } from '../../db/schema.ts'
import { connectBeside, newDataFile, openUntilEnd } from '../helpers/data-files.ts'

const insert = (db: Database | DatabaseTransaction, name: string): Promise<unknown> =>
  db
    .insertInto('server_secrets')
    .values({ name, value: Buffer.alloc(32) })
    .execute()

async function namesIn(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db.selectFrom('server_secrets').select('name').orderBy('name').execute()
  return rows.map(({ name }) => name)
}

test('a transaction holds the write lock from its first moment: nobody else can write in between', async (t) => {
  const file = newDataFile(t)
  const db = openUntilEnd(t, file)
  const other = connectBeside(t, file)
  const write = () => other.prepare("INSERT INTO server_secrets VALUES ('other', zeroblob(32))").run()
  await db.transaction().execute(async () => {
    t.throws(write, { message: 'database is locked' })
  })
  t.notThrows(write)
})

test('a query on the database waits while a transaction is open, and is no part of it', async (t) => {
  const db = openUntilEnd(t, newDataFile(t))
  const order: string[] = []
  let outer: Promise<void> | undefined
  const failing = db.transaction().execute(async (trx) => {
    await insert(trx, 'inner')
    outer = insert(db, 'outer').then(() => void order.push('outer query'))
    await sql`select 1`.execute(trx)
    await new Promise((resolve) => setImmediate(resolve))
    order.push('end of transaction')
    throw new Error('changed my mind')
  })
  await t.throwsAsync(failing, { message: 'changed my mind' })
  await outer
  t.deepEqual(order, ['end of transaction', 'outer query'])
  t.deepEqual(await namesIn(db), ['outer'], 'what failed is gone, what stood outside is there')
})

test('what is thrown in a transaction undoes it, and comes out as it was', async (t) => {
  const db = openUntilEnd(t, newDataFile(t))
  const thrown = new Error('the very error')
  const failing = db.transaction().execute(async (trx) => {
    await insert(trx, 'undone')
    throw thrown
  })
  t.is(await t.throwsAsync(failing), thrown)
  t.deepEqual(await namesIn(db), [])
})

test('a constraint that fails at the commit undoes the transaction, and the next one works', async (t) => {
  const db = openUntilEnd(t, newDataFile(t))
  const orphan = { idempotency_key: 'k', fingerprint: Buffer.alloc(32), user_id: 'nobody', created_at: 1 }
  const failing = db.transaction().execute(async (trx) => {
    await insert(trx, 'undone')
    await trx.insertInto('idempotency_keys').values(orphan).execute()
  })
  await t.throwsAsync(failing, { message: /FOREIGN KEY constraint failed/ })
  t.deepEqual(await namesIn(db), [])
  await db.transaction().execute((trx) => insert(trx, 'next'))
  t.deepEqual(await namesIn(db), ['next'])
})

test('transactions begun at once run one after the other', async (t) => {
  const db = openUntilEnd(t, newDataFile(t))
  let inside = 0
  const add = () =>
    db.transaction().execute(async (trx) => {
      inside += 1
      t.is(inside, 1)
      const count = (await trx.selectFrom('server_secrets').select('name').execute()).length
      await new Promise((resolve) => setImmediate(resolve))
      await insert(trx, `number ${count}`)
      inside -= 1
    })
  await Promise.all(Array.from({ length: 30 }, add))
  t.is((await namesIn(db)).length, 30)
})

test('a read-only transaction sees one state, and does not keep another process from writing', async (t) => {
  const file = newDataFile(t)
  const db = openUntilEnd(t, file)
  const other = connectBeside(t, file)
  await db
    .transaction()
    .setAccessMode('read only')
    .execute(async (trx) => {
      const before = await trx.selectFrom('server_secrets').select('name').execute()
      t.notThrows(() => other.prepare("INSERT INTO server_secrets VALUES ('other', zeroblob(32))").run())
      t.deepEqual(await trx.selectFrom('server_secrets').select('name').execute(), before)
    })
  t.deepEqual(await namesIn(db), ['other'])
})
