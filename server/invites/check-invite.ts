import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { parseBody } from '../http/body.ts'
import { timestamp } from '../http/schemas.ts'
import { inviteCode } from './invite-code.ts'
import { getUsableInvite } from './invite-rules.ts'

const Input = z.strictObject({ inviteCode }).meta({ id: 'InviteCheck' })

const InviteState = z
  .strictObject({
    expiresAt: timestamp.nullable().meta({ description: 'Null when it never expires.' }),
    usesLeft: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'Null when it has no limit.', examples: [1] }),
  })
  .meta({ id: 'InviteState' })

export const checkInvite = endpoint(
  {
    id: 'checkInvite',
    tag: 'Invites',
    summary: 'See whether an invite code is good',
    description: 'Takes no use of it. Answers the error that registration would give.',
    body: Input,
    answer: { status: 200, description: 'The invite can be used', schema: InviteState },
    errors: ['invite_invalid', 'invite_expired', 'invite_used_up'],
  },
  ({ db, now }) =>
    async (request, response) => {
      const { expiresAt, maxUses, uses } = await getUsableInvite(db, parseBody(request, Input).inviteCode, now())
      response.json({
        expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
        usesLeft: maxUses === undefined ? null : maxUses - uses,
      })
    },
)
