import { readFileSync, writeFileSync } from 'node:fs'

const begin = '<!-- written by npm run bench: begin -->'
const end = '<!-- written by npm run bench: end -->'

/** Replaces the measured part of a page, and leaves what people wrote around it. */
export function writePart(file: string, part: string): void {
  const page = readFileSync(file, 'utf8')
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`${file} has no part that is written by the bench`)
  writeFileSync(file, `${before}${begin}\n\n${part}\n\n${end}${after}`)
}
