import type { Database as SqliteHandle } from 'better-sqlite3'
import { isBusy } from './database-error.ts'
import { lockAlone } from './lock-alone.ts'
import { migrate, newestVersion, refuseUnusable } from './migrate.ts'
import { openSqlite } from './open-sqlite.ts'
import { StartupError } from './startup-error.ts'

const longestWaitMs = 5000
const lookEveryMs = 50

/**
 * Brings an older data file up to date while no other process has it open: a server of the older version would go on
 * with a schema that it does not know. Several that come at once wait for the one that does it.
 */
export function upgradeDataFile(file: string): void {
  const giveUpAt = Date.now() + longestWaitMs
  while (!tryUpgrade(file)) {
    if (Date.now() > giveUpAt) {
      throw new StartupError(
        `${file} has the schema of an older Guestlist, and another process has it open: stop that server first`,
        { isTemporary: true },
      )
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookEveryMs * (0.5 + Math.random()))
  }
}

/** False where another process has the file open. */
function tryUpgrade(file: string): boolean {
  const handle = openSqlite(file, { timeout: 0 })
  try {
    if (!isKnownOlder(handle)) return true
    lockAlone(handle)
    handle.pragma('synchronous = FULL')
    migrate(handle)
    return true
  } catch (error) {
    if (isBusy(error)) return false
    throw error
  } finally {
    handle.close()
  }
}

/** An empty file is not: there, nobody can be disturbed. One that is locked is left to whoever opens it, who can wait. */
function isKnownOlder(handle: SqliteHandle): boolean {
  try {
    refuseUnusable(handle)
    const version = handle.pragma('user_version', { simple: true }) as number
    return version > 0 && version < newestVersion
  } catch (error) {
    if (isBusy(error)) return false
    throw error
  }
}
