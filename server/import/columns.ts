import * as z from 'zod'
import { avatarUrl, displayName, emailAddress, username } from '../accounts/account-fields.ts'
import { storedHash } from '../passwords/stored-hash.ts'
import { Unreadable } from './row.ts'

const createdAt = z.iso
  .datetime({ offset: true, error: 'Must be a time like 2024-05-01T12:00:00Z (ISO 8601)' })
  .transform((text) => Date.parse(text))

/** Every column, with the rule that registration has for it. */
export const columns = { email: emailAddress, username, displayName, avatarUrl, createdAt, passwordHash: storedHash }

const known = Object.keys(columns)
/** The columns that everybody needs. */
export const required = ['email', 'username'] as const

const mostNamed = 5
const longestNamed = 40

/** What to say of names that are no columns; undefined where all are. */
export function refuseUnknown(names: readonly string[]): string | undefined {
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length === 0) return undefined
  const named = unknown.slice(0, mostNamed).map((name) => JSON.stringify(name.slice(0, longestNamed)))
  const more = unknown.length > mostNamed ? ` and ${unknown.length - mostNamed} more` : ''
  return `Unknown columns: ${named.join(', ')}${more}; columns are ${known.join(', ')}`
}

/** Throws for a header that has other columns than these, or one of them twice, or lacks one that everybody needs. */
export function checkHeader(names: readonly string[], line: number): void {
  const problem = refuseUnknown(names)
  if (problem !== undefined) throw new Unreadable(line, problem)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Unreadable(line, `The column ${twice} is there twice`)
  const missing = required.filter((name) => !names.includes(name))
  if (missing.length > 0) throw new Unreadable(line, `The header lacks: ${missing.join(', ')}`)
}
