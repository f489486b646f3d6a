import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { isSea } from 'node:sea'
import { openDatabase } from '../../db/open-database.ts'
import type { Database } from '../../db/schema.ts'
import { type Ambience, createAmbience } from '../../server/ambience.ts'
import { type Config, parseConfig } from '../../server/config.ts'

/** What a command needs of the server: the same settings, the same data file, the same clock and chance. */
export interface DataFile extends Ambience {
  readonly config: Config
  readonly db: Database
}

/**
 * Opens the data file that the environment names, runs the work on it, and closes it; also while the server runs.
 *
 * @param mayCreate a command that has nothing to do with an empty file refuses a path that names none
 */
export async function withDataFile(work: (file: DataFile) => Promise<void>, { mayCreate = false } = {}): Promise<void> {
  const config = parseConfig(process.env)
  const db = openDatabase(config.databaseFile, { ...config, mayCreate })
  try {
    await work({ ...createAmbience(), config, db })
  } finally {
    await db.destroy()
  }
}

/** In the folder of the repository `npm start` uses the same file: what is made there, that server will find. */
export const isOwnCheckout = (): boolean =>
  !isSea() && realpathSync(process.cwd()) === realpathSync(join(import.meta.dirname, '..', '..'))
