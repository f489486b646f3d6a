import { type Stats, type StatsFs, statfsSync, statSync } from 'node:fs'
import { errorCode } from '../../db/database-error.ts'
import { openReadOnly } from '../../db/open-read-only.ts'
import type { Database } from '../../db/schema.ts'
import { readSchemaVersion } from '../../db/schema-version.ts'
import { sqliteVersion } from '../../db/sqlite-version.ts'
import { StartupError } from '../../db/startup-error.ts'
import { type Config, type Environment, parseConfig } from '../config.ts'
import { NotChecked } from './check.ts'

type FileSystem = Pick<StatsFs, 'type' | 'bavail' | 'bsize'>

interface Surroundings {
  readonly environment: Environment
  readonly now: () => number
  /** Who runs the command; undefined where users have no numbers. */
  readonly userId: number | undefined
  /** Tests stand other file systems and another SQLite in. */
  readonly readFileSystem?: (folder: string) => FileSystem
  readonly sqliteVersion?: string
}

/** What the checks look at: the settings and the data file, which is only read. `get…` throws `NotChecked`. */
export class Setup {
  readonly now: () => number
  readonly userId: number | undefined
  readonly sqliteVersion: string
  readonly readFileSystem: (folder: string) => FileSystem
  readonly #config: Config | StartupError
  readonly #db: Database | StartupError

  constructor(surroundings: Surroundings) {
    this.now = surroundings.now
    this.userId = surroundings.userId
    this.sqliteVersion = surroundings.sqliteVersion ?? sqliteVersion()
    this.readFileSystem = surroundings.readFileSystem ?? statfsSync
    const config = attempt(() => parseConfig(surroundings.environment))
    this.#config = config
    this.#db = config instanceof StartupError ? config : attempt(() => openReadOnly(config.databaseFile))
  }

  get settingsProblem(): string | undefined {
    return this.#config instanceof StartupError ? this.#config.message : undefined
  }

  get dataFileProblem(): string | undefined {
    this.getConfig()
    return this.#db instanceof StartupError ? this.#db.message : undefined
  }

  getConfig(): Config {
    if (this.#config instanceof StartupError) throw new NotChecked('the settings cannot be used')
    return this.#config
  }

  getDatabase(): Database {
    if (this.#db instanceof StartupError) throw new NotChecked('the data file cannot be opened')
    return this.#db
  }

  /** For what reads tables as this version makes them. */
  async getMigratedDatabase(): Promise<Database> {
    const db = this.getDatabase()
    const { version, newest } = await readSchemaVersion(db)
    if (version < newest) throw new NotChecked('the data file has an older schema')
    return db
  }

  /** Of the data file, or of what lies beside it. */
  getStats(path: string = this.getConfig().databaseFile): Stats {
    try {
      return statSync(path)
    } catch (error) {
      throw new NotChecked(`${path} cannot be looked at (${errorCode(error)})`)
    }
  }

  async close(): Promise<void> {
    if (!(this.#db instanceof StartupError)) await this.#db.destroy()
  }
}

function attempt<T>(act: () => T): T | StartupError {
  try {
    return act()
  } catch (error) {
    if (error instanceof StartupError) return error
    throw error
  }
}
