import { existsSync } from 'node:fs'
import { openDatabase } from '../../db/open-database.ts'
import type { Database } from '../../db/schema.ts'
import { StartupError } from '../../db/startup-error.ts'
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
  if (!mayCreate && !existsSync(config.databaseFile)) {
    throw new StartupError(`${config.databaseFile} does not exist: is DATABASE_URL the one that the server runs with?`)
  }
  const db = openDatabase(config.databaseFile, config)
  try {
    await work({ ...createAmbience(), config, db })
  } finally {
    await db.destroy()
  }
}
