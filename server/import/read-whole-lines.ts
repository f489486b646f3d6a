import { isUtf8 } from 'node:buffer'
import { Unreadable } from './row.ts'

/** Far more than the longest fields need; what is longer is not read into memory. */
export const longestLine = 64 * 1024

const newline = 0x0a
const byteOrderMark = Buffer.from('\uFEFF')

/** The file in pieces of whole lines, all of them UTF-8 and none too long; without a byte-order mark. */
export async function* readWholeLines(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let line = 1
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of input) {
    const bytes = Buffer.concat([rest, chunk])
    const end = bytes.lastIndexOf(newline) + 1
    const lines = bytes.subarray(0, end)
    rest = bytes.subarray(end)
    const next = checkLines(lines, line)
    if (rest.length > longestLine) throw tooLong(next)
    if (end > 0) yield line === 1 ? withoutMark(lines) : lines
    line = next
  }
  checkLines(rest, line)
  if (rest.length > 0) yield line === 1 ? withoutMark(rest) : rest
}

/** The number of the line after these. */
function checkLines(bytes: Buffer, first: number): number {
  const isWellFormed = isUtf8(bytes)
  let line = first
  for (let start = 0; start < bytes.length; line += 1) {
    const at = bytes.indexOf(newline, start)
    const end = at < 0 ? bytes.length : at + 1
    if (end - start > longestLine) throw tooLong(line)
    if (!isWellFormed && !isUtf8(bytes.subarray(start, end))) {
      throw new Unreadable(line, 'Is not UTF-8, so nothing from here on was read: save the file as UTF-8')
    }
    start = end
  }
  return line
}

const tooLong = (line: number): Unreadable =>
  new Unreadable(line, `Is longer than ${longestLine / 1024} KiB, so nothing from here on was read`)

const withoutMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? bytes.subarray(byteOrderMark.length) : bytes
