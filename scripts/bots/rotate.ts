// Gives a bot another token: guestlist bots rotate BOT
import { rotateBotToken } from '../../server/bots/rotate-bot-token.ts'
import { getBot, tellToken } from '../cli/bot.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { expiryOption } from '../cli/options.ts'
import { printJson, toIso } from '../cli/output.ts'

export const rotateBot = () =>
  command({
    name: 'rotate',
    summary: 'Give a bot another token; the one before is refused at once',
    details: 'Also for a bot whose token was revoked or has expired.',
    examples: [
      ['bots rotate welcome-bot', 'after its token leaked'],
      ['bots rotate quiz --expires 90d --json', 'for a program'],
    ],
  })
    .argument('<bot>', 'username or id')
    .addOption(expiryOption('how long the new token is good for, like 90d, or "never"', 'never'))
    .option('--json', 'print {token, user, expiresAt} and nothing else')
    .action(async (name, { expires, json }) => {
      await withDataFile(async ({ db, ...ambience }) => {
        const expiresAt = expires === 'never' ? undefined : ambience.now() + expires
        const { user, token } = await db.transaction().execute(async (trx) => {
          const user = await getBot(trx, name)
          return { user, token: await rotateBotToken(trx, ambience, { userId: user.id, expiresAt }) }
        })
        if (json) return printJson({ token, user, expiresAt: toIso(expiresAt) })
        console.log(tellToken(token, expiresAt))
      })
    })
