import * as z from 'zod'
import { avatarUrl, displayName, emailAddress, username } from '../accounts/account-fields.ts'
import { storedHash } from '../passwords/stored-hash.ts'

const createdAt = z.iso
  .datetime({ offset: true, error: 'Must be a time like 2024-05-01T12:00:00Z (ISO 8601)' })
  .transform((text) => Date.parse(text))

/** Every column, with the rule that registration has for it. */
export const columns = { email: emailAddress, username, displayName, avatarUrl, createdAt, passwordHash: storedHash }

export type Column = keyof typeof columns

const known = Object.keys(columns)

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
