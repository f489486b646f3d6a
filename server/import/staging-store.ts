import type { AuditEventTable, Database, DatabaseTransaction, UserTable } from '../../db/schema.ts'
import { type NewUser, toUserRow } from '../accounts/user-store.ts'
import type { Ambience } from '../ambience.ts'
import { type ChainEnd, chainEvent } from '../audit/audit-store.ts'

/** Temporary tables, which only this connection sees and which go with it: filling them keeps nobody from writing. */
type StagedSchema = {
  staged_users: Pick<UserTable, keyof UserTable>
  staged_audit_events: Pick<AuditEventTable, keyof AuditEventTable>
}

const batchSize = 200

export async function createStaging(db: Database): Promise<void> {
  const { schema } = db
  const users = db.selectFrom('users').selectAll().limit(0)
  const events = db.selectFrom('audit_events').selectAll().limit(0)
  await schema.createTable('staged_users').temporary().as(users).execute()
  await schema.createTable('staged_audit_events').temporary().as(events).execute()
}

export async function dropStaging(db: Database): Promise<void> {
  await db.schema.dropTable('staged_users').ifExists().execute()
  await db.schema.dropTable('staged_audit_events').ifExists().execute()
}

export async function insertStagedUsers(db: Database, users: readonly NewUser[]): Promise<void> {
  await db.withTables<StagedSchema>().insertInto('staged_users').values(users.map(toUserRow)).execute()
}

/** One event an account, chained behind `end`, in place of those that stood here. */
export async function replaceStagedEvents(
  db: Database | DatabaseTransaction,
  deps: Pick<Ambience, 'now' | 'newId'>,
  { userIds, end: start }: { userIds: readonly string[]; end: ChainEnd | undefined },
): Promise<void> {
  const staged = db.withTables<StagedSchema>()
  await staged.deleteFrom('staged_audit_events').execute()
  let end = start
  for (let from = 0; from < userIds.length; from += batchSize) {
    const rows = userIds.slice(from, from + batchSize).map((userId) => {
      const row = chainEvent(end, deps, { event: 'account.imported', userId })
      end = row
      return row
    })
    await staged.insertInto('staged_audit_events').values(rows).execute()
  }
}

/** Writes all that is staged. */
export async function insertStaged(trx: DatabaseTransaction): Promise<void> {
  const staged = trx.withTables<StagedSchema>()
  await staged.insertInto('users').expression(staged.selectFrom('staged_users').selectAll()).execute()
  await staged.insertInto('audit_events').expression(staged.selectFrom('staged_audit_events').selectAll()).execute()
}
