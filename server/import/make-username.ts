import type { Database } from '../../db/schema.ts'
import { suggestUsernames } from '../accounts/suggest-usernames.ts'
import { listTakenNames } from '../accounts/user-store.ts'
import type { Ambience } from '../ambience.ts'
import type { NamesInFile } from './names-in-file.ts'
import type { ParsedRow } from './parse-row.ts'
import type { UsernameOrigin } from './reading.ts'

interface MakingDeps extends Pick<Ambience, 'randomBytes'> {
  readonly db: Database
  readonly names: NamesInFile
}

/** A username that nobody has, neither in the file nor in the data file, for a row without one. */
export async function makeUsername(
  { db, names, randomBytes }: MakingDeps,
  { email, displayName }: Pick<ParsedRow, 'email' | 'displayName'>,
  origin: UsernameOrigin,
): Promise<string | undefined> {
  const handle = { email: email?.split('@')[0], 'display-name': displayName, nothing: undefined }[origin]
  const usernames = suggestUsernames({ randomBytes }, handle).filter((name) => !names.hasUsername(name))
  const taken = await listTakenNames(db, { emailKeys: [], usernames })
  return usernames.find((name) => !taken.usernames.includes(name))
}
