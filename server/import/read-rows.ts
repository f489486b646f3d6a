import { readJsonLines } from './read-json-lines.ts'
import { readWholeLines } from './read-whole-lines.ts'
import type { Reading } from './reading.ts'
import { type Refusal, type Row, Unreadable } from './row.ts'

export const importFormats = ['csv', 'jsonl'] as const
export type ImportFormat = (typeof importFormats)[number]

const readers = { csv: readCsvLines, jsonl: readJsonLines }

// Only now: a server need not hold the parser.
async function* readCsvLines(pieces: AsyncIterable<Buffer>, reading: Reading): AsyncGenerator<Row | Refusal> {
  const { readCsv } = await import('./read-csv.ts')
  yield* readCsv(pieces, reading)
}

/** The rows of a file one after another, and what is wrong with it where it stands. */
export async function* readRows(
  input: AsyncIterable<Buffer>,
  format: ImportFormat,
  reading: Reading,
): AsyncGenerator<Row | Refusal> {
  try {
    yield* readers[format](readWholeLines(input), reading)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    yield { line: error.line, path: '', message: error.message }
  }
}
