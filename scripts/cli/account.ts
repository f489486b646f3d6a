import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { StartupError } from '../../db/startup-error.ts'
import { findAccountByName } from '../../server/accounts/find-account-by-name.ts'
import type { Account } from '../../server/accounts/user-store.ts'
import { readable } from './output.ts'

/** How the commands call an account in their help. */
export const accountArgument = ['<account>', 'email address, username or id'] as const

/** The account that an argument names, or one line that says that there is none. */
export async function getAccount(db: Database | DatabaseTransaction, name: string): Promise<Account> {
  const account = await findAccountByName(db, name)
  if (account === undefined)
    throw new StartupError(`no account has the email address, username or id ${readable(name)}`)
  return account
}
