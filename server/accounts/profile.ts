import * as z from 'zod'
import { timestamp } from '../http/schemas.ts'
import type { Presence } from '../presence/presence.ts'
import { User } from './user.ts'
import type { Account } from './user-store.ts'

export const Profile = z
  .strictObject({
    ...User.shape,
    presence: z.strictObject({
      status: z.enum(['online', 'offline']),
      lastSeenAt: timestamp.nullable(),
    }),
  })
  .meta({ id: 'Profile', description: 'A user and whether they are online; never an email address.' })

export function toProfile({ user, ...account }: Account, presence: Presence): z.infer<typeof Profile> {
  const lastSeenAt = presence.findLastSeen(user.id) ?? account.lastSeenAt
  return {
    ...user,
    presence: {
      status: presence.isOnline(user.id) ? 'online' : 'offline',
      lastSeenAt: lastSeenAt === undefined ? null : new Date(lastSeenAt).toISOString(),
    },
  }
}
