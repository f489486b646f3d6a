import { readCsv } from './read-csv.ts'
import { readJsonLines } from './read-json-lines.ts'
import { readWholeLines } from './read-whole-lines.ts'
import { type Refusal, type Row, Unreadable } from './row.ts'

export const importFormats = ['csv', 'jsonl'] as const
export type ImportFormat = (typeof importFormats)[number]

const readers = { csv: readCsv, jsonl: readJsonLines }

/** The rows of a file one after another, and what is wrong with it where it stands. */
export async function* readRows(input: AsyncIterable<Buffer>, format: ImportFormat): AsyncGenerator<Row | Refusal> {
  try {
    yield* readers[format](readWholeLines(input))
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    yield { line: error.line, path: '', message: error.message }
  }
}
