// Lists bots: guestlist bots list
import { listBots as listStoredBots } from '../../server/bots/bot-store.ts'
import { toBotJson, toBotState } from '../cli/bot.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { printJson, printTable, toMinute } from '../cli/output.ts'

export const listBots = () =>
  command({
    name: 'list',
    summary: 'List bots, newest first',
    details: 'When a token was last used is written once an hour at most.',
    examples: [
      ['bots list', 'for a person'],
      ['bots list --json', 'for a program'],
    ],
  })
    .option('--json', 'print an array and nothing else')
    .action(async ({ json }) => {
      await withDataFile(async ({ db, now }) => {
        const bots = await listStoredBots(db)
        if (json) return printJson(bots.map((bot) => toBotJson(bot, now())))
        printTable(
          ['username', 'owner', 'since', 'token', 'expires', 'last used'],
          bots.map((bot) => [
            bot.account.user.username,
            bot.ownerUsername ?? 'operator',
            toMinute(bot.createdAt),
            toBotState(bot, now()),
            bot.token === undefined ? null : (toMinute(bot.token.expiresAt) ?? 'never'),
            toMinute(bot.token?.lastUsedAt),
          ]),
        )
      })
    })
