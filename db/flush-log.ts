import { closeSync, fdatasyncSync, openSync } from 'node:fs'
import { sql } from 'kysely'
import type { DatabaseTransaction } from './schema.ts'

/**
 * Has the disk take what a long transaction has written so far, so that its commit has little left to wait for. It is
 * not committed by that: without the frame of a commit it does not count.
 */
export async function flushLog(trx: DatabaseTransaction): Promise<void> {
  const { rows } = await sql<{ file: string }>`SELECT file FROM pragma_database_list WHERE name = 'main'`.execute(trx)
  // Locks are held on the data file and on -shm only, so closing this one gives up none (POSIX, fcntl).
  const descriptor = openSync(`${rows[0]?.file}-wal`, 'r+')
  try {
    fdatasyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
