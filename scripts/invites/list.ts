// Lists invites: guestlist invites list
import { listInvites as listStoredInvites } from '../../server/invites/invite-list-store.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { stateOf, toCodeHint, toInviteJson, toUses } from '../cli/invite.ts'
import { limitOption, toLimit } from '../cli/options.ts'
import { noteMore, printJson, printTable, toMinute } from '../cli/output.ts'

export const listInvites = () =>
  command({
    name: 'list',
    summary: 'List invites that can be used, newest first',
    details: 'Codes are stored as hashes: of a random one the first group is shown.',
    examples: [
      ['invites list', 'what is open now'],
      ['invites list --all --json', 'also used up, expired and revoked ones, for a program'],
    ],
  })
    .addOption(limitOption(50))
    .option('--all', 'also those that are used up, expired or revoked')
    .option('--json', 'print an array and nothing else')
    .action(async ({ limit, all, json }) => {
      await withDataFile(async ({ db, now }) => {
        const at = now()
        const usableAt = all ? undefined : at
        const { invites, total } = await listStoredInvites(db, { limit: toLimit(limit), usableAt })
        if (json) return printJson(invites.map((invite) => toInviteJson(invite, at)))
        printTable(
          ['id', 'code', 'uses', 'expires', 'state', 'note'],
          invites.map((invite) => [
            invite.id,
            toCodeHint(invite),
            toUses(invite),
            toMinute(invite.expiresAt) ?? 'never',
            stateOf(invite, at),
            invite.note ?? null,
          ]),
        )
        noteMore(invites.length, total)
      })
    })
