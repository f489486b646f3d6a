// Ends a bot's token: guestlist bots revoke BOT
import { StartupError } from '../../db/startup-error.ts'
import { revokeBot as revokeStoredBot } from '../../server/bots/revoke-bot.ts'
import { getAccount } from '../cli/account.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'

export const revokeBot = () =>
  command({
    name: 'revoke',
    summary: "End a bot's token at once; its account stays",
    details: '`users delete` removes the account as well.',
    examples: [['bots revoke welcome-bot', 'a running server refuses the token from now on']],
  })
    .argument('<bot>', 'username or id')
    .action(async (name) => {
      await withDataFile(async ({ db, ...ambience }) => {
        const { user } = await getAccount({ db }, name)
        if (!user.isBot) throw new StartupError(`${user.username} is a person: see guestlist users end-sessions`)
        const isRevoked = await db.transaction().execute(async (trx) => await revokeStoredBot(trx, ambience, user.id))
        if (!isRevoked) throw new StartupError(`${user.username} has no token: it was revoked before`)
        console.log(`The token of ${user.username} is revoked.`)
      })
    })
