// Ends a bot's token: guestlist bots revoke BOT
import { StartupError } from '../../db/startup-error.ts'
import { revokeBot as revokeStoredBot } from '../../server/bots/revoke-bot.ts'
import { getBot } from '../cli/bot.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'

export const revokeBot = () =>
  command({
    name: 'revoke',
    summary: "End a bot's token at once; its account stays",
    details: '`bots rotate` gives it another one, `users delete` removes the account as well.',
    examples: [['bots revoke welcome-bot', 'a running server refuses the token from now on']],
  })
    .argument('<bot>', 'username or id')
    .action(async (name) => {
      await withDataFile(async ({ db, ...ambience }) => {
        const username = await db.transaction().execute(async (trx) => {
          const { id, username } = await getBot(trx, name)
          if (await revokeStoredBot(trx, ambience, id)) return username
          throw new StartupError(`${username} has no token: it was revoked before`)
        })
        console.log(`The token of ${username} is revoked.`)
      })
    })
