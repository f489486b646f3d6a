// Deletes an account for good: guestlist users delete ACCOUNT --yes
import { StartupError } from '../../db/startup-error.ts'
import { deleteAccount } from '../../server/accounts/account-admin.ts'
import { openSignInThrottle } from '../../server/accounts/sign-in-throttle.ts'
import { accountArgument, getAccount } from '../cli/account.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'

export const deleteUser = () =>
  command({
    name: 'delete',
    summary: 'Delete an account for good, with its sessions, linked accounts and bots',
    details: 'The audit trail keeps the id. `users disable` shuts somebody out without losing anything.',
    examples: [['users delete mallory --yes', 'there is no way back but a backup']],
  })
    .argument(...accountArgument)
    .option('--yes', 'it is meant')
    .action(async (name, { yes }) => {
      await withDataFile(async (file) => {
        const { db } = file
        const account = await getAccount(file, name)
        const { username, id } = account.user
        if (!yes) throw new StartupError(`this deletes ${username} (${id}) for good: add --yes if it is meant`)
        const deps = { ...file, signInThrottle: await openSignInThrottle(file) }
        await db.transaction().execute(async (trx) => await deleteAccount(trx, deps, account))
        console.log(`${username} (${id}) is deleted.`)
      })
    })
