import { existsSync } from 'node:fs'
import { openDatabase } from '../db/open-database.ts'
import type { Database } from '../db/schema.ts'
import { StartupError } from '../db/startup-error.ts'
import { type Ambience, createAmbience } from '../server/ambience.ts'
import { type Config, parseConfig } from '../server/config.ts'
import { exitOnStartupError } from '../server/process.ts'

/** What a command needs of the server: the same settings, the same data file, the same rules. */
export interface CommandContext {
  readonly config: Config
  readonly db: Database
  readonly ambience: Ambience
  close(): Promise<void>
}

/** @param mayCreate a command that has nothing to do with an empty file refuses a path that names none */
export function openForCommand({ mayCreate = false } = {}): CommandContext {
  const config = parseConfig(process.env)
  if (!mayCreate && !existsSync(config.databaseFile)) {
    throw new StartupError(`${config.databaseFile} does not exist: is DATABASE_URL the one that the server runs with?`)
  }
  const db = openDatabase(config.databaseFile, config)
  return { config, db, ambience: createAmbience(), close: async () => await db.destroy() }
}

/** Runs a command: whatever is wrong with its options is one line and exit 1. */
export async function runCommand(usage: string, command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    const isUsage = String((error as { code?: unknown } | null)?.code).startsWith('ERR_PARSE_ARGS')
    exitOnStartupError(isUsage ? new StartupError(`${(error as Error).message}\n\n${usage}`) : error)
  }
}
