import { closeSync, openSync, readSync } from 'node:fs'

export interface SqliteHeader {
  readonly isInWalMode: boolean
  /** How long its pages are in all; undefined where the header does not vouch for it. */
  readonly length: number | undefined
}

const headerLength = 100

/** The header of a SQLite file, read without SQLite (file format, 1.3); undefined when it is none. */
export function readHeader(file: string): SqliteHeader | undefined {
  const descriptor = openSync(file, 'r')
  try {
    const header = Buffer.alloc(headerLength)
    if (readSync(descriptor, header, 0, headerLength, 0) !== headerLength) return undefined
    if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') return undefined
    const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
    // The count is good only if the last writer knew the field: then both counters are the same.
    const isVouchedFor = header.readUInt32BE(24) === header.readUInt32BE(92)
    return {
      isInWalMode: header[18] === 2,
      length: isVouchedFor ? pageSize * header.readUInt32BE(28) : undefined,
    }
  } finally {
    closeSync(descriptor)
  }
}
