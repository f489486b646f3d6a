import { createHash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  unlinkSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { errorCode } from '../../db/database-error.ts'

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

/** Copies into a new file, which nobody else can ever read, and gives the SHA-256 of what was copied. */
export async function copyPrivately(source: string | number, target: string): Promise<string> {
  const hash = createHash('sha256')
  const from =
    typeof source === 'string'
      ? createReadStream(source)
      : createReadStream('', { fd: source, start: 0, autoClose: false })
  from.on('data', (chunk) => hash.update(chunk))
  await pipeline(from, createWriteStream(target, { flags: 'wx', mode: privateMode, flush: true }))
  return hash.digest('hex')
}

export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest('hex')
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
