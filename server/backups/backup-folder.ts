import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, lstatSync, openSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { errorCode } from '../../db/database-error.ts'
import { makeFolder } from '../../db/make-folder.ts'
import { StartupError } from '../../db/startup-error.ts'
import { hour } from '../durations.ts'
import { processId } from '../process.ts'
import { parseBackupName } from './backup.ts'
import { giveToOwnerOf, privateMode } from './durable-files.ts'

/** A backup that is not finished; whoever ends the process of this number can clear up after it. */
const partialPattern = /^\.guestlist-(\d+)-[0-9a-f]{16}\.partial(-journal)?$/

/** Makes the folder where it is missing, and sees that files can be made in it. */
export function prepareBackupFolder(folder: string, databaseFile: string): void {
  // Rotation would take it for an old backup.
  if (resolve(folder) === dirname(databaseFile) && parseBackupName(databaseFile) !== undefined) {
    throw new StartupError(
      `the data file ${databaseFile} has the name of a backup: choose another folder with --to or BACKUP_DIR`,
    )
  }
  try {
    const isNew = !existsSync(folder)
    makeFolder(folder)
    if (isNew && existsSync(databaseFile)) giveToOwnerOf(databaseFile, folder)
    rmSync(makePartial(folder))
  } catch (error) {
    throw explainFolderError(error, folder)
  }
}

/** An empty file that only the owner may read, under a name that no finished backup has. */
export function makePartial(folder: string): string {
  const file = join(folder, `.guestlist-${processId}-${randomBytes(8).toString('hex')}.partial`)
  closeSync(openSync(file, 'wx', privateMode))
  return file
}

/** What killed backups left; nobody takes an hour for one. */
export function removeForgottenPartials(folder: string): void {
  for (const file of listPartials(folder)) {
    const changedAt = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs
    if (changedAt !== undefined && changedAt < Date.now() - hour) rmSync(file, { force: true })
  }
}

/** What one process left that was ended. */
export function removePartialsOf(folder: string, processNumber: number): void {
  for (const file of listPartials(folder)) {
    if (partialPattern.exec(basename(file))?.[1] === String(processNumber)) rmSync(file, { force: true })
  }
}

const listPartials = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => partialPattern.test(name))
    .map((name) => join(folder, name))

/** What a folder refuses, in a line that says what to do; anything else as it is. */
export function explainFolderError(error: unknown, folder: string): unknown {
  const code = errorCode(error)
  if (!/^(E(?!RR_)|SQLITE_(FULL|IOERR|CANTOPEN|READONLY))/.test(code)) return error
  if (['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(code)) {
    return new StartupError(`the disk of ${folder} is full (${code}): nothing has changed; make room and try again`)
  }
  if (['ENOTDIR', 'EEXIST', 'EISDIR'].includes(code)) return new StartupError(`${folder} is no folder (${code})`)
  return new StartupError(`${folder} cannot be written (${code}): make it writable, or choose another folder`)
}
