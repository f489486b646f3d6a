// Lists accounts: guestlist users list
import { type DirectoryEntry, listAccounts } from '../../server/accounts/directory-store.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { limitOption, toLimit } from '../cli/options.ts'
import { noteMore, printJson, printTable, toIso, toMinute } from '../cli/output.ts'

export const listUsers = () =>
  command({
    name: 'list',
    summary: 'List accounts, newest first',
    details: 'When they were last seen is written once they are offline.',
    examples: [
      ['users list', 'the newest 50'],
      ['users list --search ali', 'by a part of the username, display name or email address'],
      ['users list --limit all --json', 'everybody, for a program'],
    ],
  })
    .addOption(limitOption(50))
    .option('--search <text>', 'a part of the username, display name or email address')
    .option('--disabled', 'only those who are shut out')
    .option('--json', 'print an array and nothing else')
    .action(async ({ limit, search, disabled, json }) => {
      await withDataFile(async ({ db }) => {
        const { entries, total } = await listAccounts(db, { limit: toLimit(limit), search, isDisabled: disabled })
        if (json) return printJson(entries.map(toUserJson))
        printTable(
          ['username', 'display name', 'email', 'since', 'last seen', 'state'],
          entries.map(({ account: { user, email, lastSeenAt }, createdAt, disabledAt }) => [
            user.username,
            user.displayName,
            email,
            toMinute(createdAt),
            toMinute(lastSeenAt),
            disabledAt === undefined ? (user.isBot ? 'bot' : 'active') : 'disabled',
          ]),
        )
        noteMore(entries.length, total)
      })
    })

function toUserJson({ account, createdAt, disabledAt }: DirectoryEntry) {
  const { user, email, lastSeenAt, passwordHash } = account
  return {
    ...user,
    email,
    hasPassword: passwordHash !== undefined,
    createdAt: toIso(createdAt),
    lastSeenAt: toIso(lastSeenAt),
    disabledAt: toIso(disabledAt),
  }
}
