// Deletes an account for good: guestlist users delete ACCOUNT --yes
import { setTimeout as delay } from 'node:timers/promises'
import { clearTraces } from '../../db/clear-traces.ts'
import type { Database } from '../../db/schema.ts'
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
        const isOverwritten = await clearTracesPatiently(db)
        console.log(`Deleted: ${deleted}.`)
        if (!isOverwritten)
          console.error('The -wal file still holds it while another program reads; the next deletion clears that.')
      })
    })

/** Whoever reads the file just now has done so in a moment. */
async function clearTracesPatiently(db: Database): Promise<boolean> {
  for (let left = 20; left > 0; left -= 1) {
    if (await clearTraces(db)) return true
    await delay(50)
  }
  return false
}
