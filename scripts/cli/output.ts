import { styleText } from 'node:util'
import Table from 'cli-table3'

/** For programs: the value as JSON, and nothing else on standard output. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2))
}

export type Cell = string | number | null

/** For people: columns that stand under one another; the head is bold on a terminal, unless NO_COLOR is set. */
export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const table = new Table({
    head: head.map((cell) => styleText('bold', cell.toUpperCase())),
    chars: Object.fromEntries(borders.map((name) => [name, ''])),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  })
  table.push(...rows.map((row) => row.map((cell) => readable(cell))))
  console.log(table.toString().replace(/ +$/gm, ''))
}

/** One thing with its fields, a line each. */
export function printFields(fields: Readonly<Record<string, Cell>>): void {
  const width = Math.max(...Object.keys(fields).map((name) => name.length))
  for (const [name, value] of Object.entries(fields)) {
    console.log(`${styleText('bold', name.padEnd(width))}  ${readable(value)}`)
  }
}

/** A time for people, to the minute; in JSON it is `toIso`. */
export const toMinute = (ms: number | undefined): string | null =>
  ms === undefined ? null : `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`

export const toIso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString())

const borders = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
  'middle',
]

/** What people typed must not move the cursor or colour the terminal. */
export function readable(cell: Cell): string {
  return String(cell ?? '–').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')
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
