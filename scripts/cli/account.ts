import { StartupError } from '../../db/startup-error.ts'
import { findAccountByName } from '../../server/accounts/find-account-by-name.ts'
import type { Account } from '../../server/accounts/user-store.ts'
import type { DataFile } from './data-file.ts'

/** How the commands call an account in their help. */
export const accountArgument = ['<account>', 'email address, username or id'] as const

/** The account that an argument names, or one line that says that there is none. */
export async function getAccount({ db }: Pick<DataFile, 'db'>, name: string): Promise<Account> {
  const account = await findAccountByName(db, name)
  if (account === undefined) throw new StartupError(`no account has the email address, username or id ${name}`)
  return account
}
