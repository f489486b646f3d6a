import test, { type ExecutionContext } from 'ava'
import { type CompiledQuery, Kysely } from 'kysely'
import { GuestlistSqliteDialect } from '../../db/sqlite-dialect.ts'
import { connectBeside, makeDataFile } from '../helpers/data-files.ts'

/** A database on the real driver, and every statement that it prepares. */
async function openCounting(t: ExecutionContext) {
  const handle = connectBeside(t, await makeDataFile(t))
  const prepared: string[] = []
  const prepare = handle.prepare.bind(handle)
  handle.prepare = ((source: string) => {
    prepared.push(source)
    return prepare(source)
  }) as typeof handle.prepare
  const db = new Kysely({ dialect: new GuestlistSqliteDialect(handle) })
  const run = (text: string) => db.executeQuery({ sql: text, parameters: [] } as unknown as CompiledQuery)
  return { prepared, run }
}

test('a statement is prepared once, however often it runs', async (t) => {
  const { prepared, run } = await openCounting(t)
  for (let count = 0; count < 10; count += 1) await run('select 1 as one')
  t.deepEqual(prepared, ['select 1 as one'])
})

test('the oldest statement makes room when there are 500, so that memory stays bounded', async (t) => {
  const { prepared, run } = await openCounting(t)
  for (let number = 0; number < 501; number += 1) await run(`select ${number}`)
  prepared.length = 0
  await run('select 500')
  await run('select 1')
  t.deepEqual(prepared, [], 'the newer ones are kept')
  await run('select 0')
  t.deepEqual(prepared, ['select 0'])
})

test('a statement that is wrong is not kept, and the next one works', async (t) => {
  const { prepared, run } = await openCounting(t)
  for (let count = 0; count < 2; count += 1) await t.throwsAsync(() => run('selekt'), { message: /syntax error/ })
  t.is(prepared.length, 2)
  t.deepEqual((await run('select 1 as one')).rows, [{ one: 1 }])
})
