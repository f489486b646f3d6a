import type { RequestHandler } from 'express'
import { validate as isUuid } from 'uuid'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { findAccountById } from './user-store.ts'

export const getUserProfile =
  ({ db, presence }: Deps): RequestHandler<{ id: string }> =>
  async (request, response) => {
    const id = request.params.id.toLowerCase()
    const account = isUuid(id) ? await findAccountById(db, id) : undefined
    if (account === undefined) throw new AuthError('not_found')
    const lastSeenAt = presence.findLastSeen(id) ?? account.lastSeenAt
    response.json({
      ...account.user,
      presence: {
        status: presence.isOnline(id) ? 'online' : 'offline',
        lastSeenAt: lastSeenAt === undefined ? null : new Date(lastSeenAt).toISOString(),
      },
    })
  }
