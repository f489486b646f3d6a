// Takes an invite back: guestlist invites revoke INVITE
import { StartupError } from '../../db/startup-error.ts'
import { insertAuditEvent } from '../../server/audit/audit-store.ts'
import { revokeInvite as revokeStoredInvite } from '../../server/invites/invite-store.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { getInvite, inviteArgument, toUses } from '../cli/invite.ts'

export const revokeInvite = () =>
  command({
    name: 'revoke',
    summary: 'Take an invite back; whoever joined with it stays',
    examples: [
      ['invites revoke ABC123', 'by its code'],
      ['invites revoke 0197c3a0-0000-7000-8000-000000000000', 'by its id, as `invites list` shows it'],
    ],
  })
    .argument(...inviteArgument)
    .action(async (name) => {
      await withDataFile(async ({ db, ...ambience }) => {
        const invite = await getInvite(db, name)
        const isRevoked = await db.transaction().execute(async (trx) => {
          if (!(await revokeStoredInvite(trx, invite.id, ambience.now()))) return false
          await insertAuditEvent(trx, ambience, { event: 'invite.revoked', details: { invite: invite.id } })
          return true
        })
        if (!isRevoked) throw new StartupError(`invite ${invite.id} is revoked already`)
        console.log(`Invite ${invite.id} is revoked; it was used ${toUses(invite)}.`)
      })
    })
