// Lets somebody sign in again who was disabled: guestlist users enable ACCOUNT
import { StartupError } from '../../db/startup-error.ts'
import { enableAccount } from '../../server/accounts/account-admin.ts'
import { accountArgument, getAccount } from '../cli/account.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'

export const enableUser = () =>
  command({
    name: 'enable',
    summary: 'Let somebody sign in again who was disabled',
    details: 'The sessions that were ended stay ended.',
    examples: [['users enable mallory', 'they can sign in again']],
  })
    .argument(...accountArgument)
    .action(async (name) => {
      await withDataFile(async ({ db, ...ambience }) => {
        const user = await db.transaction().execute(async (trx) => {
          const { user } = await getAccount(trx, name)
          if (await enableAccount(trx, ambience, user.id)) return user
          throw new StartupError(`${user.username} is not disabled`)
        })
        console.log(user.isBot ? `The token of ${user.username} is good again.` : `${user.username} can sign in again.`)
      })
    })
