import { createHash } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { readHeader } from '../../db/sqlite-header.ts'
import { privateMode } from './durable-files.ts'

// SQLite keeps no checksums, and finds a changed byte only where structure or an index contradicts it. It reads as many
// pages as its header counts, and passes over what stands behind them: there a backup carries the hash of its pages.
const mark = Buffer.from('guestlist-sha256')
const sealLength = mark.length + 32

interface Seal {
  /** How many bytes it covers. */
  readonly length: number
  readonly hash: Buffer
}

export async function sealFile(file: string): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  appendFileSync(file, Buffer.concat([mark, hash.digest()]))
}

/**
 * Copies a file without its seal into a new one that only the owner may read; false when the seal is broken, or where
 * anything but a whole seal stands behind the last page.
 */
export async function copyUnsealed(source: string, target: string): Promise<boolean> {
  const seal = findSeal(source)
  const hash = createHash('sha256')
  const length = seal?.length ?? statSync(source).size
  const from = createReadStream(source, { end: length - 1 })
  from.on('data', (chunk) => hash.update(chunk))
  await pipeline(from, createWriteStream(target, { flags: 'wx', mode: privateMode, flush: true }))
  const expectedLength = readHeader(target)?.length
  if (expectedLength !== undefined && expectedLength !== length) return false
  return seal === undefined || hash.digest().equals(seal.hash)
}

/** The SHA-256 of a whole file that carries an intact seal, in hexadecimal; undefined when it does not. */
export async function hashSealed(file: string): Promise<string | undefined> {
  const seal = findSeal(file)
  if (seal === undefined) return undefined
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { end: seal.length - 1 })) hash.update(chunk)
  const pages = hash.copy()
  hash.update(mark).update(seal.hash)
  return pages.digest().equals(seal.hash) ? hash.digest('hex') : undefined
}

function findSeal(file: string): Seal | undefined {
  const descriptor = openSync(file, 'r')
  try {
    const length = fstatSync(descriptor).size - sealLength
    const end = Buffer.alloc(sealLength)
    if (length <= 0 || readSync(descriptor, end, 0, sealLength, length) !== sealLength) return undefined
    return end.subarray(0, mark.length).equals(mark) ? { length, hash: end.subarray(mark.length) } : undefined
  } finally {
    closeSync(descriptor)
  }
}
