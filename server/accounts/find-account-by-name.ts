import { validate } from 'uuid'
import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { type Account, findAccountByEmail, findAccountById, findAccountByUsername } from './user-store.ts'

/** The account that an operator names by email address, username or id; the three cannot be taken for one another. */
export async function findAccountByName(
  db: Database | DatabaseTransaction,
  name: string,
): Promise<Account | undefined> {
  if (name.includes('@')) return await findAccountByEmail(db, name)
  if (validate(name)) return await findAccountById(db, name.toLowerCase())
  return await findAccountByUsername(db, name.toLowerCase())
}
