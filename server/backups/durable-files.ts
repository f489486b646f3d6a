import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from '../../db/database-error.ts'
import { isRoot } from '../process.ts'

/** Only the owner may read what holds keys and hashes. */
export const privateMode = 0o600

/** What was written to the file survives the power. */
export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The names in the folder survive the power; where folders cannot be synchronised, nothing is left to do. */
export function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (!['EINVAL', 'EISDIR', 'EPERM', 'ENOTSUP', 'EBADF'].includes(errorCode(error))) throw error
  }
}

/** Copies what an open file holds into a new one, which only the owner may read; the open one stays open. */
export function copyPrivately(source: number, target: string): void {
  const descriptor = openSync(target, 'wx', privateMode)
  try {
    const chunk = Buffer.alloc(1024 * 1024)
    for (let position = 0; ; ) {
      const length = readSync(source, chunk, 0, chunk.length, position)
      if (length === 0) break
      writeFileSync(descriptor, chunk.subarray(0, length))
      position += length
    }
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Gives a finished file its name, unless that is taken: then false, and nothing has changed. */
export function placeUnlessTaken(finished: string, name: string, link = linkSync): boolean {
  try {
    link(finished, name)
    unlinkSync(finished)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    if (!refusesLinks(error)) throw error
    if (existsSync(name)) return false
    renameSync(finished, name)
  }
  syncFolder(dirname(name))
  return true
}

/** Network shares and the file systems of memory cards have no hard links. */
export const refusesLinks = (error: unknown): boolean =>
  ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(error))

/** What root makes for a server that runs as somebody else is that one's; whoever is not root makes only their own. */
export function giveToOwnerOf(other: string, path: string): void {
  if (!isRoot) return
  const { uid, gid } = statSync(other)
  chownSync(path, uid, gid)
}
