// Deletes an account for good: guestlist users delete ACCOUNT --yes
import { clearTraces } from '../../db/clear-traces.ts'
import { StartupError } from '../../db/startup-error.ts'
import { deleteAccount } from '../../server/accounts/account-admin.ts'
import { openSignInThrottle } from '../../server/accounts/sign-in-throttle.ts'
import { listBots } from '../../server/bots/bot-store.ts'
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
        const deps = { ...file, signInThrottle: await openSignInThrottle(file) }
        const deleted = await db.transaction().execute(async (trx) => {
          const account = await getAccount(trx, name)
          const bots = await listBots(trx, { ownerId: account.user.id })
          const names = [account, ...bots.map((bot) => bot.account)].map(({ user }) => `${user.username} (${user.id})`)
          const all = names.join(' and ')
          if (!yes) throw new StartupError(`this deletes ${all} for good: add --yes if it is meant`)
          await deleteAccount(trx, deps, account)
          return all
        })
        await clearTraces(db)
        console.log(`Deleted: ${deleted}.`)
      })
    })
