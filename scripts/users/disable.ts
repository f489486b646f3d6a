// Shuts somebody out at once: guestlist users disable ACCOUNT
import { StartupError } from '../../db/startup-error.ts'
import { disableAccount } from '../../server/accounts/account-admin.ts'
import { accountArgument, getAccount } from '../cli/account.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { counted } from '../cli/output.ts'

export const disableUser = () =>
  command({
    name: 'disable',
    summary: 'Shut somebody out: every session ends at once, bots of theirs are refused',
    details:
      'Nothing is lost; `users enable` lets them sign in again. Applications that verify offline notice within 15 minutes.',
    examples: [['users disable mallory', 'a running server refuses them from now on']],
  })
    .argument(...accountArgument)
    .action(async (name) => {
      await withDataFile(async ({ db, ...ambience }) => {
        const { user, sessions } = await db.transaction().execute(async (trx) => {
          const { user } = await getAccount(trx, name)
          const disabled = await disableAccount(trx, ambience, user.id)
          if (disabled === undefined) throw new StartupError(`${user.username} is disabled already`)
          return { user, ...disabled }
        })
        const ended = user.isBot ? 'its token is refused' : `${counted(sessions, 'session')} ended`
        console.log(`${user.username} is shut out; ${ended}.`)
      })
    })
