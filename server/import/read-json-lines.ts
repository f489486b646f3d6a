import type { Refusal, Row } from './row.ts'

/** One JSON object a line; empty lines do not count. */
export async function* readJsonLines(pieces: AsyncIterable<Buffer>): AsyncGenerator<Row | Refusal> {
  let line = 0
  for await (const piece of pieces) {
    for (const text of piece.toString('utf8').replace(/\n$/, '').split('\n')) {
      line += 1
      if (text.trim() !== '') yield toRow(text, line)
    }
  }
}

function toRow(text: string, line: number): Row | Refusal {
  const fields = parseObject(text)
  return fields === undefined ? { line, path: '', message: 'Is not a JSON object' } : { line, fields }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
