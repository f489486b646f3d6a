import type { Database } from '../db/schema.ts'

/** A secret of 32 bytes that the data file keeps under a name; made when it is first asked for. */
export async function ensureServerSecret(
  db: Database,
  name: string,
  randomBytes: (size: number) => Buffer,
): Promise<Uint8Array> {
  const row = db.selectFrom('server_secrets').select('value').where('name', '=', name)
  const known = await row.executeTakeFirst()
  if (known !== undefined) return known.value
  await db
    .insertInto('server_secrets')
    .values({ name, value: randomBytes(32) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  // Another process may have been first.
  return (await row.executeTakeFirstOrThrow()).value
}
