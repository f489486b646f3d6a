import type { Generated } from 'kysely'
import type { Database, DatabaseTransaction, UserTable } from '../../db/schema.ts'
import { type NewUser, toUserRow } from '../accounts/user-store.ts'
import type { Ambience } from '../ambience.ts'
import { type ChainEnd, chainEvent } from '../audit/audit-store.ts'

/** Temporary tables, which only this connection sees and which go with it: filling them keeps nobody from writing. */
type StagedSchema = {
  staged_users: Pick<UserTable, keyof UserTable> & { readonly rowid: Generated<number> }
  staged_audit_events: { readonly position: number; readonly id: string; readonly user_id: string }
}

/** An event of the import before its place in the chain is known; position 1 is the first. */
export interface StagedEvent {
  readonly position: number
  readonly id: string
  readonly userId: string
}

/** Rows of a table from one position to another, both of them included. */
interface Slice {
  readonly from: number
  readonly to: number
}

const event = 'account.imported'
const hashLength = 32
const batchSize = 200

export async function createStaging(db: Database): Promise<void> {
  const { schema } = db
  const users = db.selectFrom('users').selectAll().limit(0)
  await schema.createTable('staged_users').temporary().as(users).execute()
  await schema
    .createTable('staged_audit_events')
    .temporary()
    .addColumn('position', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text')
    .addColumn('user_id', 'text')
    .execute()
}

export async function dropStaging(db: Database): Promise<void> {
  await db.schema.dropTable('staged_users').ifExists().execute()
  await db.schema.dropTable('staged_audit_events').ifExists().execute()
}

export async function insertStagedUsers(db: Database, users: readonly NewUser[]): Promise<void> {
  await db.withTables<StagedSchema>().insertInto('staged_users').values(users.map(toUserRow)).execute()
}

/** One event an account, in their order. */
export async function insertStagedEvents(
  db: Database,
  { newId }: Pick<Ambience, 'newId'>,
  userIds: readonly string[],
): Promise<StagedEvent[]> {
  const events = userIds.map((userId, index) => ({ position: index + 1, id: newId(), userId }))
  const staged = db.withTables<StagedSchema>()
  for (let from = 0; from < events.length; from += batchSize) {
    const rows = events.slice(from, from + batchSize).map(({ userId, ...row }) => ({ ...row, user_id: userId }))
    await staged.insertInto('staged_audit_events').values(rows).execute()
  }
  return events
}

/** The chain of the events behind `end`: its hash, and then theirs, one after the other. */
export function chainStagedEvents(
  events: readonly StagedEvent[],
  { end: start, at }: { end: ChainEnd | undefined; at: number },
): Buffer {
  const hashes = Buffer.alloc((events.length + 1) * hashLength)
  let end = start
  for (const { position, id, userId } of events) {
    const row = chainEvent(end, { newId: () => id, now: () => at }, { event, userId })
    if (position === 1) hashes.set(row.previous_hash)
    hashes.set(row.hash, position * hashLength)
    end = row
  }
  return hashes
}

export async function insertUserSlice(trx: DatabaseTransaction, { from, to }: Slice): Promise<void> {
  const staged = trx.withTables<StagedSchema>()
  const slice = staged.selectFrom('staged_users').selectAll().where('rowid', '>=', from).where('rowid', '<=', to)
  await staged.insertInto('users').expression(slice).execute()
}

/** The hashes go in as one value, from which each row takes its own: a value for each would cost several times as much. */
export async function insertEventSlice(
  trx: DatabaseTransaction,
  { from, to }: Slice,
  { end, at, hashes }: { end: ChainEnd | undefined; at: number; hashes: Buffer },
): Promise<void> {
  const staged = trx.withTables<StagedSchema>()
  const ofSlice = hashes.subarray((from - 1) * hashLength, (to + 1) * hashLength)
  const slice = staged
    .selectFrom('staged_audit_events')
    .select(({ eb, fn, val, lit }) => {
      const hash = (before: number) =>
        fn<Uint8Array>('substr', [
          val(ofSlice),
          eb(eb(eb.parens('position', '-', lit(from - before)), '*', lit(hashLength)), '+', lit(1)),
          lit(hashLength),
        ])
      return [
        eb('position', '+', val(end?.sequence ?? 0)).as('sequence'),
        'id',
        val(at).as('occurred_at'),
        val<string>(event).as('event'),
        'user_id',
        hash(0).as('previous_hash'),
        hash(1).as('hash'),
      ]
    })
    .where('position', '>=', from)
    .where('position', '<=', to)
  await staged
    .insertInto('audit_events')
    .columns(['sequence', 'id', 'occurred_at', 'event', 'user_id', 'previous_hash', 'hash'])
    .expression(slice)
    .execute()
}
