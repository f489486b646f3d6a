import { styleText } from 'node:util'
import stringWidth from 'string-width'

/** For programs: the value as JSON, and nothing else on standard output. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2))
}

export type Cell = string | number | null

/** For people: columns that stand under one another; the head is bold on a terminal, unless NO_COLOR is set. */
export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const lines = rows.map((row) => row.map(readable))
  const widths = head.map((cell, column) =>
    lines.reduce((widest, line) => Math.max(widest, stringWidth(line[column] ?? '')), stringWidth(cell)),
  )
  const toLine = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd()
  const bold = styleText('bold', toLine(head.map((cell) => cell.toUpperCase())))
  console.log([bold, ...lines.map(toLine)].join('\n'))
}

/** One thing with its fields, a line each. */
export function printFields(fields: Readonly<Record<string, Cell>>): void {
  const width = Math.max(...Object.keys(fields).map((name) => name.length))
  for (const [name, value] of Object.entries(fields)) {
    console.log(`${styleText('bold', name.padEnd(width))}  ${readable(value)}`)
  }
}

/** A time for people, to the minute; in JSON it is `toIso`. */
export function toMinute(ms: number | undefined): string | null {
  const iso = toIso(ms)
  return iso && `${iso.slice(0, 16).replace('T', ' ')} UTC`
}

/** Null as well for what is no time: a row that was tampered with is still to be shown. */
export const toIso = (ms: number | undefined): string | null =>
  ms === undefined || Number.isNaN(new Date(ms).getTime()) ? null : new Date(ms).toISOString()

/** What people typed must not move the cursor or colour the terminal. */
export function readable(cell: Cell): string {
  return String(cell ?? '–').replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '\uFFFD')
}

export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`

/** Says that a list was cut, where the list itself does not go. */
export function noteMore(shown: number, total: number): void {
  if (shown < total) console.error(`${shown} of ${total.toLocaleString('en')}; --limit all shows all`)
}

/** Writes to standard output at the speed of whoever reads it. */
export async function write(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
}
