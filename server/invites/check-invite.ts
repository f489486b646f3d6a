import type { RequestHandler } from 'express'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { parseBody } from '../http/body.ts'
import { inviteCode } from './invite-code.ts'
import { getUsableInvite } from './invite-rules.ts'

const Input = z.strictObject({ inviteCode })

export const checkInvite =
  ({ db, now }: Deps): RequestHandler =>
  async (request, response) => {
    const { expiresAt, maxUses, uses } = await getUsableInvite(db, parseBody(request, Input).inviteCode, now())
    response.json({
      expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
      usesLeft: maxUses === undefined ? null : maxUses - uses,
    })
  }
