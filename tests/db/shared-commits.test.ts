import { statSync } from 'node:fs'
import test from 'ava'
import { sql } from 'kysely'
import type { Database } from '../../db/schema.ts'
import { connectBeside, newDataFile, openUntilEnd } from '../helpers/data-files.ts'

const ids = Array.from(
  { length: 20 },
  (_, index) => `019363a5-7c00-7b3e-9d2f-4b1f0c8e${String(index).padStart(4, '0')}`,
)

const addUser = (db: Database, id: string, username = `user-${id.slice(-4)}`) =>
  db.insertInto('users').values({ id, username, display_name: username, is_bot: 0, created_at: 1 }).executeTakeFirst()

const renameAll = (db: Database, to: string) =>
  Promise.all(ids.map((id) => db.updateTable('users').set({ display_name: to }).where('id', '=', id).execute()))

test('writes that come in one turn share a commit: together they take the room of one in the log', async (t) => {
  const file = newDataFile(t)
  const db = openUntilEnd(t, file)
  for (const id of ids) await addUser(db, id)
  const growth = async (write: () => Promise<unknown>): Promise<number> => {
    const before = statSync(`${file}-wal`).size
    await write()
    return statSync(`${file}-wal`).size - before
  }
  const alone = await growth(() =>
    db
      .updateTable('users')
      .set({ display_name: 'one' })
      .where('id', '=', ids[0] ?? '')
      .execute(),
  )
  const together = await growth(() => renameAll(db, 'all'))
  t.true(alone > 0)
  // All rows stand on two pages at most.
  t.true(together > 0 && together <= 2 * alone, `${together} bytes for ${ids.length}, ${alone} for one`)
  const names = await db.selectFrom('users').select('display_name').distinct().execute()
  t.deepEqual(names, [{ display_name: 'all' }])
})

test('each is answered when another connection sees it, and not before', async (t) => {
  const file = newDataFile(t)
  const db = openUntilEnd(t, file)
  await addUser(db, ids[0] ?? '')
  const beside = connectBeside(t, file)
  const seen = await Promise.all(
    ids.slice(1).map(async (id) => {
      await addUser(db, id)
      return beside.prepare('SELECT count(*) FROM users WHERE id = ?').pluck().get(id)
    }),
  )
  t.deepEqual(new Set(seen), new Set([1]))
})

test('one that breaks a rule is refused alone, and the others are written', async (t) => {
  const db = openUntilEnd(t, newDataFile(t))
  const outcomes = await Promise.allSettled(
    ids.map((id, index) => addUser(db, id, index === 7 ? 'user-0000' : undefined)),
  )
  t.deepEqual(
    outcomes.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])),
    [7],
  )
  t.like(outcomes[7], { reason: { code: 'SQLITE_CONSTRAINT_UNIQUE' } })
  const { users } = await db.selectFrom('users').select(sql<number>`count(*)`.as('users')).executeTakeFirstOrThrow()
  t.is(users, ids.length - 1)
})

test('a condition counts for each of them: of many that want the same, one gets it', async (t) => {
  const db = openUntilEnd(t, newDataFile(t))
  await addUser(db, ids[0] ?? '')
  const results = await Promise.all(
    ids.map((_, index) =>
      db
        .updateTable('users')
        .set({ created_at: 2 + index })
        .where('created_at', '=', 1)
        .executeTakeFirstOrThrow(),
    ),
  )
  t.deepEqual(results.map(({ numUpdatedRows }) => Number(numUpdatedRows)).sort(), [...ids.slice(1).map(() => 0), 1])
})

test('what comes while a transaction is open waits for its end, and is not rolled back with it', async (t) => {
  const db = openUntilEnd(t, newDataFile(t))
  const [first = '', ...others] = ids
  let written: Promise<unknown> | undefined
  const transaction = db.transaction().execute(async (trx) => {
    await addUser(trx, first)
    written = Promise.all(others.map((id) => addUser(db, id)))
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    const { users } = await trx.selectFrom('users').select(sql<number>`count(*)`.as('users')).executeTakeFirstOrThrow()
    t.is(users, 1)
    throw new Error('rolled back')
  })
  await t.throwsAsync(transaction, { message: 'rolled back' })
  await written
  const found = await db.selectFrom('users').select('id').orderBy('id').execute()
  t.deepEqual(
    found.map(({ id }) => id),
    others,
  )
})

test('while another process holds the lock they wait, and then all are written', async (t) => {
  const file = newDataFile(t)
  const db = openUntilEnd(t, file)
  await addUser(db, ids[0] ?? '')
  const beside = connectBeside(t, file)
  beside.exec('BEGIN IMMEDIATE')
  const written = Promise.all(ids.slice(1).map((id) => addUser(db, id)))
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  t.is(beside.prepare('SELECT count(*) FROM users').pluck().get(), 1)
  beside.exec('COMMIT')
  await written
  t.is(beside.prepare('SELECT count(*) FROM users').pluck().get(), ids.length)
})
