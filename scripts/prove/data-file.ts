import { openDatabase } from '../../db/open-database.ts'
import { openReadOnly } from '../../db/open-read-only.ts'
import type { Database } from '../../db/schema.ts'
import { createAmbience } from '../../server/ambience.ts'
import { mintInvites } from '../../server/invites/mint-invites.ts'

/** Looks into the data file beside the server: what it answers is held against what is written. */
export async function readDataFile<T>(file: string, look: (db: Database) => Promise<T>): Promise<T> {
  return await closing(openReadOnly(file), look)
}

/** Works on the data file beside the server, as the operator's commands do. */
export async function writeDataFile<T>(file: string, work: (db: Database) => Promise<T>): Promise<T> {
  return await closing(openDatabase(file), work)
}

async function closing<T>(db: Database, work: (db: Database) => Promise<T>): Promise<T> {
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}

export async function mintInvite(file: string, maxUses: number): Promise<string> {
  return await writeDataFile(file, async (db) => {
    const options = { count: 1, maxUses, expiresAt: undefined }
    const [code] = await db.transaction().execute((trx) => mintInvites(trx, createAmbience(), options))
    if (code === undefined) throw new Error('no code was minted')
    return code
  })
}

export const countRows = async (
  db: Database,
  table: 'users' | 'sessions' | 'invite_uses' | 'audit_events',
): Promise<number> => {
  const { rows } = await db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  return rows
}

/** What the file says of its invites all in all: the people, the uses that are counted, and those that are written down. */
export async function readUses(file: string): Promise<{ people: number; usesCounted: number; usesWritten: number }> {
  return await readDataFile(file, async (db) => {
    const invites = await db.selectFrom('invites').select('uses').execute()
    return {
      people: await countRows(db, 'users'),
      usesCounted: invites.reduce((sum, { uses }) => sum + uses, 0),
      usesWritten: await countRows(db, 'invite_uses'),
    }
  })
}
