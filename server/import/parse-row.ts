import type { NewUser } from '../accounts/user-store.ts'
import type { Ambience } from '../ambience.ts'
import { columns, refuseUnknown, required } from './columns.ts'
import type { Refusal, Row } from './row.ts'

/** What a row says, as far as it is right: the names also of a row that is refused for something else. */
export interface ParsedRow {
  readonly line: number
  readonly email: string | undefined
  readonly username: string | undefined
  /** Undefined where anything is wrong. */
  readonly account: NewUser | undefined
  readonly refusals: readonly Refusal[]
}

/** Holds a row against the rule of each column, and tells all that is wrong with it. */
export function parseRow({ line, fields }: Row, { now, newId }: Pick<Ambience, 'now' | 'newId'>): ParsedRow {
  const refusals: Refusal[] = []
  const refuse = (path: string, message: string): void => {
    refusals.push({ line, path, message })
  }
  const unknown = refuseUnknown(Object.keys(fields))
  if (unknown !== undefined) refuse('', unknown)

  type Columns = typeof columns
  function read<Name extends keyof Columns>(name: Name): Columns[Name]['_output'] | undefined {
    const value = fields[name] ?? undefined
    if (value === undefined) return undefined
    const parsed = columns[name].safeParse(value)
    if (parsed.success) return parsed.data
    for (const { message } of parsed.error.issues) refuse(name, message)
    return undefined
  }

  for (const name of required) if ((fields[name] ?? undefined) === undefined) refuse(name, 'Must be given')
  const email = read('email')
  const username = read('username')
  const displayName = read('displayName')
  const avatarUrl = read('avatarUrl') ?? null
  const passwordHash = read('passwordHash')
  const createdAt = read('createdAt') ?? now()
  if (createdAt > now()) refuse('createdAt', 'Must not lie in the future')
  const isRight = refusals.length === 0 && email !== undefined && username !== undefined
  const account = isRight
    ? {
        user: { id: newId(), username, displayName: displayName ?? username, avatarUrl, isBot: false },
        email,
        passwordHash,
        createdAt,
      }
    : undefined
  return { line, email, username, account, refusals }
}
