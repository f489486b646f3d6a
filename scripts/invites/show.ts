// Shows one invite and who used it: guestlist invites show INVITE
import { listInviteUses } from '../../server/invites/invite-list-store.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { getInvite, inviteArgument, stateOf, toCodeHint, toInviteJson, toUses } from '../cli/invite.ts'
import { printFields, printJson, printTable, toIso, toMinute } from '../cli/output.ts'

export const showInvite = () =>
  command({
    name: 'show',
    summary: 'Show an invite, and who made an account with it',
    examples: [
      ['invites show 0197c3a0-0000-7000-8000-000000000000', 'by its id, as `invites list` shows it'],
      ['invites show ABC123', 'by its code'],
    ],
  })
    .argument(...inviteArgument)
    .option('--json', 'print an object and nothing else')
    .action(async (name, { json }) => {
      await withDataFile(async ({ db, now }) => {
        const invite = await getInvite(db, name)
        const people = await listInviteUses(db, invite.id)
        if (json) {
          const usedBy = people.map(({ username, usedAt }) => ({ username, usedAt: toIso(usedAt) }))
          return printJson({ ...toInviteJson(invite, now()), usedBy })
        }
        printFields({
          id: invite.id,
          code: toCodeHint(invite),
          state: stateOf(invite, now()),
          uses: toUses(invite),
          since: toMinute(invite.createdAt),
          expires: toMinute(invite.expiresAt) ?? 'never',
          revoked: toMinute(invite.revokedAt),
          note: invite.note ?? null,
        })
        if (people.length === 0) return
        console.log()
        printTable(
          ['used by', 'at'],
          people.map(({ username, usedAt }) => [username, toMinute(usedAt)]),
        )
      })
    })
