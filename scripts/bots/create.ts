// Makes a bot with a token: guestlist bots create USERNAME
import { InvalidArgumentError } from '@commander-js/extra-typings'
import type { DatabaseTransaction } from '../../db/schema.ts'
import { StartupError } from '../../db/startup-error.ts'
import { displayName, username } from '../../server/accounts/account-fields.ts'
import { createBot as createStoredBot } from '../../server/bots/create-bot.ts'
import { getAccount } from '../cli/account.ts'
import { tellToken } from '../cli/bot.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { expiryOption } from '../cli/options.ts'
import { printJson, toIso } from '../cli/output.ts'

export const createBot = () =>
  command({
    name: 'create',
    summary: 'Make a bot, and print its token',
    details: 'The token is stored as a hash, so this is the only time that it can be shown. It cannot be refreshed.',
    examples: [
      ['bots create welcome-bot', 'with a token that never expires'],
      ['bots create quiz --owner alice --expires 90d', "alice's: it is refused when she is"],
    ],
  })
    .argument('<username>', '3 to 32 of a-z, 0-9, _ . and -', parseWith(username))
    .option('--display-name <name>', 'how it is shown; the username unless given', parseWith(displayName))
    .option('--owner <account>', "whose bot it is; the operator's unless given")
    .addOption(expiryOption('how long its token is good for, like 90d, or "never"', 'never'))
    .option('--json', 'print {token, user, expiresAt} and nothing else')
    .action(async (name, { displayName: shownAs, owner, expires, json }) => {
      await withDataFile(async ({ db, ...ambience }) => {
        const expiresAt = expires === 'never' ? undefined : ambience.now() + expires
        const created = await db.transaction().execute(async (trx) => {
          const ownerId = owner === undefined ? undefined : await getOwnerId(trx, owner)
          return await createStoredBot(trx, ambience, { username: name, displayName: shownAs, ownerId, expiresAt })
        })
        if (created === undefined) throw new StartupError(`somebody already has the username ${name}`)
        if (json) return printJson({ ...created, expiresAt: toIso(expiresAt) })
        console.log(`${name} (${created.user.id}) is made. ${tellToken(created.token, expiresAt)}`)
      })
    })

async function getOwnerId(trx: DatabaseTransaction, name: string): Promise<string> {
  const { user } = await getAccount(trx, name)
  if (user.isBot) throw new StartupError(`${user.username} is a bot itself: a bot belongs to a person`)
  return user.id
}

/** The rule of the API for the field, told in its words. */
function parseWith(schema: typeof username | typeof displayName): (text: string) => string {
  return (text) => {
    const result = schema.safeParse(text)
    if (result.success) return result.data
    throw new InvalidArgumentError(`${result.error.issues.map(({ message }) => message).join('; ')}.`)
  }
}
