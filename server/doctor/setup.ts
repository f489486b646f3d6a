import { randomBytes } from 'node:crypto'
import { type Stats, type StatsFs, statfsSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { errorCode } from '../../db/database-error.ts'
import { openReadOnly } from '../../db/open-read-only.ts'
import type { Database } from '../../db/schema.ts'
import { readSchemaVersion } from '../../db/schema-version.ts'
import { sqliteVersion } from '../../db/sqlite-version.ts'
import { StartupError } from '../../db/startup-error.ts'
import { type Config, type Environment, parseConfig } from '../config.ts'
import { unbounded } from '../passwords/hashing-bounds.ts'
import { defaultScryptCost, PasswordHashing } from '../passwords/password-hashing.ts'
import { usedCpuMs } from '../process.ts'
import { NotChecked } from './check.ts'

type FileSystem = Pick<StatsFs, 'type' | 'bavail' | 'bsize'>

interface Surroundings {
  readonly environment: Environment
  readonly now: () => number
  /** Who runs the command; undefined where users have no numbers. */
  readonly userId: number | undefined
  /** What a process may still have, in bytes: of the machine, or of its container. */
  readonly freeMemory: number
  /** Tests stand other file systems, another SQLite and a slower machine in. */
  readonly readFileSystem?: (folder: string) => FileSystem
  readonly sqliteVersion?: string
  readonly timeHash?: () => Promise<number>
  readonly openFiles?: number
}

/** What the checks look at: the settings and the data file, which is only read. `get…` throws `NotChecked`. */
export class Setup {
  readonly now: () => number
  readonly userId: number | undefined
  readonly sqliteVersion: string
  /** How many hashes run at once. */
  readonly processors = availableParallelism()
  readonly freeMemory: number
  /** How many files a process may have open; undefined: as this one. */
  readonly openFiles: number | undefined
  /** Makes a hash as the server does; gives the milliseconds of a processor that it took, whatever else runs. */
  readonly timeHash: () => Promise<number>
  readonly readFileSystem: (folder: string) => FileSystem
  readonly #config: Config | StartupError
  readonly #db: Database | StartupError

  constructor(surroundings: Surroundings) {
    this.now = surroundings.now
    this.userId = surroundings.userId
    this.sqliteVersion = surroundings.sqliteVersion ?? sqliteVersion()
    this.readFileSystem = surroundings.readFileSystem ?? statfsSync
    this.openFiles = surroundings.openFiles
    this.freeMemory = surroundings.freeMemory
    this.timeHash = surroundings.timeHash ?? timeHash
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

async function timeHash(): Promise<number> {
  const hashing = new PasswordHashing(defaultScryptCost, randomBytes, unbounded)
  const before = usedCpuMs()
  await hashing.hash('a password of nobody')
  return usedCpuMs() - before
}

function attempt<T>(act: () => T): T | StartupError {
  try {
    return act()
  } catch (error) {
    if (error instanceof StartupError) return error
    throw error
  }
}
