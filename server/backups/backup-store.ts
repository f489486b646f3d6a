import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { Backup } from './backup.ts'

const keptRecords = 100

export async function insertBackup(trx: DatabaseTransaction, backup: Backup): Promise<void> {
  await trx
    .insertInto('backups')
    .values({
      file: backup.file,
      bytes: backup.bytes,
      sha256: Buffer.from(backup.sha256, 'hex'),
      users: backup.users,
      audit_sequence: backup.auditHead?.sequence ?? 0,
      audit_hash: backup.auditHead === undefined ? null : Buffer.from(backup.auditHead.hash, 'hex'),
      started_at: backup.startedAt,
      proven_at: backup.provenAt,
    })
    .execute()
  const kept = trx.selectFrom('backups').select('id').orderBy('id', 'desc').limit(keptRecords)
  await trx.deleteFrom('backups').where('id', 'not in', kept).execute()
}

/** The last one in the order in which they were made: the clock may have been wrong. */
export async function findLastBackup(db: Database): Promise<Pick<Backup, 'file' | 'bytes' | 'provenAt'> | undefined> {
  const row = await db
    .selectFrom('backups')
    .select(['file', 'bytes', 'proven_at'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { file: row.file, bytes: row.bytes, provenAt: row.proven_at }
}
