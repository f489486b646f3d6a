// Ends every session of an account: guestlist users end-sessions ACCOUNT
import { endSessionsOfAccount } from '../../server/accounts/account-admin.ts'
import { accountArgument, getAccount } from '../cli/account.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { counted } from '../cli/output.ts'

export const endSessions = () =>
  command({
    name: 'end-sessions',
    summary: 'End every session of an account; it may sign in again',
    examples: [['users end-sessions alice', 'after she lost her phone']],
  })
    .argument(...accountArgument)
    .action(async (name) => {
      await withDataFile(async ({ db, ...ambience }) => {
        const { user } = await getAccount({ db }, name)
        const ended = await db.transaction().execute(async (trx) => await endSessionsOfAccount(trx, ambience, user.id))
        console.log(`${counted(ended, 'session')} of ${user.username} ended.`)
      })
    })
