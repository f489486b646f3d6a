import { parseArgs } from 'node:util'
import { StartupError } from '../db/startup-error.ts'
import { type Account, findAccountByEmail } from '../server/accounts/user-store.ts'
import { type CommandContext, openForCommand, runCommand } from './command.ts'

/** Runs a command on the account whose email address is its one argument. */
export async function runAccountCommand(
  name: string,
  command: (context: CommandContext, account: Account, email: string) => Promise<void>,
): Promise<void> {
  const usage = `npm run ${name} -- EMAIL`
  await runCommand(usage, async () => {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } })
    if (values.help) return console.log(usage)
    const [email] = positionals
    if (email === undefined || positionals.length > 1) throw new StartupError(`give one email address: ${usage}`)
    const context = openForCommand()
    try {
      const account = await findAccountByEmail(context.db, email)
      if (account === undefined) throw new StartupError(`no account has the email address ${email}`)
      await command(context, account, email)
    } finally {
      await context.close()
    }
  })
}
