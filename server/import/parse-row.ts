import type { NewUser } from '../accounts/user-store.ts'
import type { Ambience } from '../ambience.ts'
import { type Column, columns } from './columns.ts'
import type { Refusal, Row } from './row.ts'
import type { Source } from './sources/source.ts'

/** What a row says, as far as it is right: the names also of a row that is refused for something else. */
export interface ParsedRow {
  readonly line: number
  readonly email: string | undefined
  readonly username: string | undefined
  readonly displayName: string | undefined
  /** Undefined where anything is wrong. */
  readonly account: NewUser | undefined
  readonly refusals: readonly Refusal[]
}

type ParseDeps = Pick<Ambience, 'now' | 'newId'> & { readonly source: Source }

/**
 * Holds a row against the rule of each column, and tells all that is wrong with it.
 * @param madeUsername in place of the one that the row lacks
 */
export function parseRow({ line, fields: row }: Row, deps: ParseDeps, madeUsername?: string): ParsedRow {
  const { source, now, newId } = deps
  const refusals: Refusal[] = []
  const refuse = (path: string, message: string): void => {
    refusals.push({ line, path, message })
  }
  const unknown = source.refuseColumns(Object.keys(row))
  if (unknown !== undefined) refuse('', unknown)
  const { fields, refusals: others = [] } = source.translate(row, now())
  for (const { path, message } of others) refuse(path, message)

  function read<Name extends Column>(name: Name): (typeof columns)[Name]['_output'] | undefined {
    const field = fields[name]
    if (field === undefined) return undefined
    const parsed = columns[name].safeParse(field.value)
    if (parsed.success) return parsed.data
    for (const { message } of parsed.error.issues) refuse(field.path, message)
    return undefined
  }

  if (fields.email === undefined) refuse('email', 'Must be given')
  if (fields.username === undefined && madeUsername === undefined) {
    refuse('username', 'Must be given; --usernames-from makes one')
  }
  const email = read('email')
  const username = read('username') ?? madeUsername
  const displayName = read('displayName')
  const avatarUrl = read('avatarUrl') ?? null
  const passwordHash = read('passwordHash')
  const createdAt = read('createdAt') ?? now()
  if (createdAt > now()) refuse(fields.createdAt?.path ?? '', 'Must not lie in the future')
  const isRight = refusals.length === 0 && email !== undefined && username !== undefined
  const account = isRight
    ? {
        user: { id: newId(), username, displayName: displayName ?? username, avatarUrl, isBot: false },
        email,
        passwordHash,
        createdAt,
      }
    : undefined
  return { line, email, username, displayName, account, refusals }
}
