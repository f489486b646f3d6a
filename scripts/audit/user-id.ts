import { validate } from 'uuid'
import type { Database } from '../../db/schema.ts'
import { getAccount } from '../cli/account.ts'

/** The id that events name: of an account that is gone, only the id itself is left to ask by. */
export async function getUserId(db: Database, name: string): Promise<string> {
  return validate(name) ? name.toLowerCase() : (await getAccount(db, name)).user.id
}
