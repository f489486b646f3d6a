import { existsSync } from 'node:fs'
import { findNewestEventTime } from '../../audit/audit-store.ts'
import { findLastBackup } from '../../backups/backup-store.ts'
import { minute } from '../../durations.ts'
import { type Check, error } from '../check.ts'

/** A clock may be set right by a little at any time. */
const tolerated = 2 * minute

/** What has been written lies in the past: otherwise this clock runs behind, or the one of before ran ahead. */
export const clock: Check = {
  name: 'clock',
  healthy: 'nothing in the data file comes from the future',
  async run(setup) {
    const { databaseFile } = setup.getConfig()
    const db = await setup.getMigratedDatabase()
    const files = [databaseFile, `${databaseFile}-wal`].filter((path) => existsSync(path))
    const times = [
      (await findNewestEventTime(db)) ?? 0,
      (await findLastBackup(db))?.provenAt ?? 0,
      ...files.map((path) => setup.getStats(path).mtimeMs),
    ]
    const newest = Math.max(...times)
    const now = setup.now()
    if (newest <= now + tolerated) return []
    const message = `the data file was written at ${toTime(newest)}, and here it is ${toTime(now)}`
    return [error(message, 'set the clock of this machine right: tokens, invites and sessions end by it')]
  },
}

const toTime = (at: number): string => new Date(at).toISOString().slice(0, 19).concat('Z')
