// Prints a one-time code that resets a password: guestlist users reset-password ACCOUNT
import { StartupError } from '../../db/startup-error.ts'
import { makeResetCode } from '../../server/accounts/make-reset-code.ts'
import { accountArgument, getAccount } from '../cli/account.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { printJson } from '../cli/output.ts'

export const resetPassword = () =>
  command({
    name: 'reset-password',
    summary: 'Print a one-time code with which somebody sets a new password',
    details: 'It is good for 30 minutes, and replaces the one before. Using it ends every session of the account.',
    examples: [
      ['users reset-password alice@example.com', 'the code, with a command that uses it'],
      ['users reset-password alice --json', 'for a program'],
    ],
  })
    .argument(...accountArgument)
    .option('--json', 'print {code, username, email} and nothing else')
    .action(async (name, { json }) => {
      await withDataFile(async ({ config, db, ...ambience }) => {
        const { user, email, code } = await db.transaction().execute(async (trx) => {
          const account = await getAccount(trx, name)
          const { id, username, isBot } = account.user
          if (isBot) throw new StartupError(`${username} is a bot, and bots have no password`)
          if (account.email === null) {
            throw new StartupError(
              `${username} has no email address, without which no password signs in: they set one when signed in through a provider`,
            )
          }
          return { ...account, code: await makeResetCode(trx, ambience, id) }
        })
        if (json) return printJson({ code, username: user.username, email })
        // Too short to be taken: nobody shall end up with a password that was printed here.
        const body = JSON.stringify({ code, password: '…' })
        console.log(`A code for ${user.username}, good for 30 minutes, once; it ends every session of the account:

    ${code}

    curl -s ${config.publicUrl}/api/auth/password/reset -H 'Content-Type: application/json' \\
      -d '${body}'`)
      })
    })
