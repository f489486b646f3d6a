import { validate } from 'uuid'
import type { Database } from '../../db/schema.ts'
import { StartupError } from '../../db/startup-error.ts'
import { hashCode } from '../../server/invites/invite-code.ts'
import { findListedInvite, type ListedInvite } from '../../server/invites/invite-list-store.ts'
import { toIso } from './output.ts'

export const inviteArgument = ['<invite>', 'its id, or the code itself'] as const

/** The invite that an argument names; a code is not said again, for it may be a good one with a typo. */
export async function getInvite(db: Database, name: string): Promise<ListedInvite> {
  // A code of one's own may have the form of an id.
  const byId = validate(name) ? await findListedInvite(db, { id: name.toLowerCase() }) : undefined
  const invite = byId ?? (await findListedInvite(db, { codeHash: hashCode(name) }))
  if (invite === undefined) throw new StartupError('there is no invite with this id or code')
  return invite
}

export function stateOf({ revokedAt, expiresAt, uses, maxUses }: ListedInvite, now: number): string {
  if (revokedAt !== undefined) return 'revoked'
  if (expiresAt !== undefined && expiresAt <= now) return 'expired'
  return maxUses !== undefined && uses >= maxUses ? 'used up' : 'good'
}

/** Of a random code its first group is kept, of a custom one nothing. */
export const toCodeHint = ({ firstGroup }: ListedInvite): string =>
  firstGroup === undefined ? 'custom' : `${firstGroup}-…`

export const toUses = ({ uses, maxUses }: ListedInvite): string =>
  maxUses === undefined ? `${uses}, unlimited` : `${uses} of ${maxUses}`

export const toInviteJson = (invite: ListedInvite, now: number) => ({
  id: invite.id,
  firstGroup: invite.firstGroup ?? null,
  state: stateOf(invite, now).replace(' ', '_'),
  uses: invite.uses,
  maxUses: invite.maxUses ?? null,
  createdAt: toIso(invite.createdAt),
  expiresAt: toIso(invite.expiresAt),
  revokedAt: toIso(invite.revokedAt),
  note: invite.note ?? null,
})
