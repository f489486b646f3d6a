// Ends every session of an account: guestlist users end-sessions ACCOUNT
import { StartupError } from '../../db/startup-error.ts'
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
        const { username, ended } = await db.transaction().execute(async (trx) => {
          const { user } = await getAccount(trx, name)
          const { username } = user
          if (user.isBot) throw new StartupError(`${username} is a bot and has no session: see guestlist bots revoke`)
          return { username, ended: await endSessionsOfAccount(trx, ambience, user.id) }
        })
        console.log(`${counted(ended, 'session')} of ${username} ended.`)
      })
    })
