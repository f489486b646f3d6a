import { isTaken } from '../../db/database-error.ts'
import type { Database } from '../../db/schema.ts'
import type { NewUser } from '../accounts/user-store.ts'
import type { Ambience } from '../ambience.ts'
import { checkRows } from './check-rows.ts'
import type { Reading } from './reading.ts'
import type { Refusal, Row } from './row.ts'
import { createStaging, dropStaging, insertStagedUsers } from './staging-store.ts'
import { besideServer, writeStaged } from './write-staged.ts'

interface ImportDeps extends Ambience {
  readonly db: Database
}

export interface Imported {
  readonly imported: number
  readonly withPassword: number
  /** Whatever stands here, nothing was written. */
  readonly refused: readonly Refusal[]
}

/**
 * Makes an account of every row, or none at all. Everything is prepared in temporary tables, so that the one
 * transaction only copies them and a running server hardly waits.
 * Throws a temporary `StartupError` where the machine is too busy for that.
 */
export async function importAccounts(
  deps: ImportDeps,
  rows: AsyncIterable<Row | Refusal>,
  reading: Reading,
  holding = besideServer,
): Promise<Imported> {
  const { db } = deps
  await createStaging(db)
  try {
    const userIds: string[] = []
    const stage = async (accounts: readonly NewUser[]): Promise<void> => {
      await insertStagedUsers(db, accounts)
      userIds.push(...accounts.map(({ user }) => user.id))
    }
    const { names, refused, withPassword } = await checkRows(deps, rows, reading, stage)
    if (refused.length > 0) return nothing(refused)
    try {
      await writeStaged(deps, userIds, holding)
    } catch (error) {
      if (!isTaken(error)) throw error
      // Somebody took a name after it was looked at.
      const taken = await names.listTaken(db)
      if (taken.length === 0) throw error
      return nothing(taken)
    }
    return { imported: userIds.length, withPassword, refused: [] }
  } finally {
    await dropStaging(db)
  }
}

const nothing = (refused: readonly Refusal[]): Imported => ({ imported: 0, withPassword: 0, refused })
