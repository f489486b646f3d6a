import { closeSync, existsSync, openSync, realpathSync, statSync } from 'node:fs'
import { errorCode } from '../../db/database-error.ts'
import { identityOf } from '../../db/file-identity.ts'
import { readHeader } from '../../db/sqlite-header.ts'
import { StartupError } from '../../db/startup-error.ts'
import { parseBackupName } from './backup.ts'

export interface RestoreSource {
  /** Where it really lies: what is beside it tells whether it is in use. */
  readonly path: string
  /** By its name or its last change. */
  readonly madeAt: number
}

/** Refuses what cannot be restored from by the look of it. */
export function checkSource(named: string, databaseFile: string): RestoreSource {
  const { path: source, isFile, size, names, changedAt } = readStatus(named)
  if (!isFile) throw new StartupError(`${source} is no file`)
  if (size === 0) throw new StartupError(`${source} is empty`)
  if (existsSync(databaseFile) && identityOf(source) === identityOf(databaseFile)) {
    throw new StartupError(`${source} is the data file itself: name a backup of it`)
  }
  refuseInUse(source)
  if (names > 1 && isInWalMode(source)) {
    throw new StartupError(
      `${source} has another name (a hard link), under which a server may have it open: restore from a copy of it`,
    )
  }
  return { path: source, madeAt: parseBackupName(source)?.time ?? changedAt }
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

interface Status {
  readonly path: string
  readonly isFile: boolean
  readonly size: number
  readonly names: number
  readonly changedAt: number
}

function readStatus(source: string): Status {
  try {
    const path = realpathSync(source)
    const status = statSync(path)
    // What may be read is known before anything else is touched; opening a pipe would wait for a writer.
    if (status.isFile()) closeSync(openSync(path, 'r'))
    return { path, isFile: status.isFile(), size: status.size, names: status.nlink, changedAt: status.mtimeMs }
  } catch (error) {
    throw new StartupError(`${source} cannot be read (${errorCode(error)})`)
  }
}

const isInWalMode = (file: string): boolean => readHeader(file)?.isInWalMode ?? false
