import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import { errorCode } from '../../db/database-error.ts'
import { identityOf } from '../../db/open-database.ts'
import { StartupError } from '../../db/startup-error.ts'
import { parseBackupName } from './backup.ts'

/** Refuses what cannot be restored from by the look of it; gives when it was made, by its name or its last change. */
export function checkSource(source: string, databaseFile: string): number {
  const { isFile, size, changedAt } = readStatus(source)
  if (!isFile) throw new StartupError(`${source} is no file`)
  if (size === 0) throw new StartupError(`${source} is empty`)
  if (existsSync(databaseFile) && identityOf(source) === identityOf(databaseFile)) {
    throw new StartupError(`${source} is the data file itself: name a backup of it`)
  }
  refuseInUse(source)
  return parseBackupName(source)?.time ?? changedAt
}

/** A file in use is not whole by itself: what was written last lies beside it. */
export function refuseInUse(source: string): void {
  for (const suffix of ['-wal', '-journal']) {
    const size = statSync(source + suffix, { throwIfNoEntry: false })?.size ?? 0
    if (size === 0) continue
    throw new StartupError(
      `${source} is in use, or was when its server was killed (${source}${suffix} is there): ` +
        `make a backup of it, with DATABASE_URL=file:${source} guestlist backup`,
    )
  }
}

function readStatus(source: string): { isFile: boolean; size: number; changedAt: number } {
  try {
    const status = statSync(source)
    // What may be read is known before anything else is touched; opening a pipe would wait for a writer.
    if (status.isFile()) closeSync(openSync(source, 'r'))
    return { isFile: status.isFile(), size: status.size, changedAt: status.mtimeMs }
  } catch (error) {
    throw new StartupError(`${source} cannot be read (${errorCode(error)})`)
  }
}
