import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { identityOf } from '../../db/file-identity.ts'
import { StartupError } from '../../db/startup-error.ts'
import { parseBackupName } from './backup.ts'
import { syncFolder } from './durable-files.ts'

/** Deletes the oldest backups, so that `keep` stay with the new one among them; gives the paths of those deleted. */
export function rotateBackups(folder: string, newFile: string, keep: number, databaseFile: string): string[] {
  // Only regular files of exactly our names: whatever else lies there is somebody's.
  const others = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name))
    .filter((file) => file !== newFile && parseBackupName(file) !== undefined)
    .filter((file) => !isInUse(file, databaseFile))
    .sort(byAge)
  const old = others.slice(0, Math.max(0, others.length - (keep - 1)))
  try {
    for (const file of old) rmSync(file, { force: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StartupError(`${newFile} is made and proven, but older ones cannot be deleted (${code})`)
  }
  if (old.length > 0) syncFolder(folder)
  return old
}

/** Somebody may have pointed `DATABASE_URL` at a backup: then it is no backup any more, whatever its name. */
const isInUse = (file: string, databaseFile: string): boolean =>
  identityOf(file) === identityOf(databaseFile) || existsSync(`${file}-wal`)

function byAge(one: string, other: string): number {
  const [first, second] = [parseBackupName(one), parseBackupName(other)]
  if (first === undefined || second === undefined) return 0
  return first.time - second.time || first.number - second.number
}
