import type { Reading } from './reading.ts'
import { Unreadable } from './row.ts'

/** Throws for a header that has columns which do not belong there, or one of them twice, or lacks one that is needed. */
export function checkHeader(names: readonly string[], line: number, { source, usernamesFrom }: Reading): void {
  const problem = source.refuseColumns(names)
  if (problem !== undefined) throw new Unreadable(line, problem)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Unreadable(line, `The column ${twice} is there twice`)
  const needed = usernamesFrom === undefined ? [...source.needed, [source.usernames]] : source.needed
  const missing = needed.filter((group) => !group.some((name) => names.includes(name)))
  if (missing.length === 0) return
  throw new Unreadable(line, `The header lacks: ${missing.map((group) => group.join(' or ')).join(', ')}`)
}
