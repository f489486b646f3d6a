import { CsvError, parse } from 'csv-parse'
import { checkHeader } from './check-header.ts'
import { longestLine } from './read-whole-lines.ts'
import type { Reading } from './reading.ts'
import { type Refusal, type Row, Unreadable } from './row.ts'

const faults: Partial<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'A quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'After a closing quote stands neither a comma nor the end: double a quote inside quotes',
  INVALID_OPENING_QUOTE: 'A quote stands inside a field: put the whole field in quotes, and double this one',
  CSV_MAX_RECORD_SIZE: `Is longer than ${longestLine / 1024} KiB: is a quote opened and never closed?`,
}

/** Rows of comma-separated values (RFC 4180) under a header; a field without anything in it is not there. */
export async function* readCsv(pieces: AsyncIterable<Buffer>, reading: Reading): AsyncGenerator<Row | Refusal> {
  const parser = new CsvParser()
  let columns: readonly string[] | undefined
  let line = 1
  for await (const piece of withEnd(pieces)) {
    const fault = await parser.feed(piece)
    for (const record of parser.takeRecords()) {
      const start = line
      // The parser's own count takes a CRLF inside quotes for two lines.
      line += 1 + countNewlines(record)
      if (record.length === 1 && record[0] === '') continue
      if (columns !== undefined) {
        yield toRow(columns, record, start)
        continue
      }
      checkHeader(record, start, reading)
      columns = record
    }
    if (fault !== undefined) throw new Unreadable(line, explain(fault))
  }
  if (columns === undefined) throw new Unreadable(1, 'There is no header row')
}

/** The parser, which is a stream, a piece at a time: what stands before a fault is not lost with it. */
class CsvParser {
  #records: string[][] = []
  readonly #parser = parse({
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    max_record_size: longestLine,
    on_record: (record) => {
      this.#records.push(record as unknown as string[])
      return null
    },
  }).on('error', () => {})

  /** Without a piece the end; the answer is what is wrong. */
  async feed(piece: Buffer | undefined): Promise<Error | undefined> {
    return await new Promise((resolve) => {
      const done = (error: Error | null | undefined): void => resolve(error ?? undefined)
      if (piece === undefined) this.#parser.end(done)
      else this.#parser.write(piece, done)
    })
  }

  takeRecords(): string[][] {
    return this.#records.splice(0)
  }
}

async function* withEnd(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer | undefined> {
  yield* pieces
  yield undefined
}

function toRow(columns: readonly string[], record: readonly string[], line: number): Row | Refusal {
  if (record.length !== columns.length) {
    return { line, path: '', message: `Has ${record.length} fields, and the header has ${columns.length} columns` }
  }
  const fields: Record<string, string> = {}
  for (const [index, column] of columns.entries()) {
    const field = record[index]
    if (field !== undefined && field !== '') fields[column] = field
  }
  return { line, fields }
}

function countNewlines(record: readonly string[]): number {
  let count = 0
  for (const field of record) {
    for (let at = field.indexOf('\n'); at >= 0; at = field.indexOf('\n', at + 1)) count += 1
  }
  return count
}

function explain(error: Error): string {
  const fault = error instanceof CsvError ? (faults[error.code] ?? error.code) : undefined
  if (fault === undefined) throw error
  return `${fault}; nothing from here on was read`
}
