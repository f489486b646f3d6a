import * as z from 'zod'
import { User } from '../accounts/user.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { timestamp } from '../http/schemas.ts'
import type { Bot as StoredBot } from './bot-store.ts'

/** A bot as its owner sees it. */
export const Bot = z
  .strictObject({
    ...User.shape,
    isBot: User.shape.isBot.meta({ examples: [true] }),
    createdAt: timestamp,
    expiresAt: timestamp.nullable().meta({ description: 'When its token expires; null: never, or it has none.' }),
    lastUsedAt: timestamp
      .nullable()
      .meta({ description: 'When its token was last used, to the hour; null: never, or it has none.' }),
    isActive: z.boolean().meta({
      description: 'Whether it can be used: it has a token, which has not expired, and is not disabled.',
      examples: [true],
    }),
  })
  .meta({ id: 'Bot' })

export const BotWithToken = z
  .strictObject({
    token: z.string().meta({
      description: 'Opaque, and shown this once. Send it as `Authorization: Bearer <token>`.',
      examples: ['glb_dGhlIHRva2VuIG9mIGEgYm90IGlzIHNob3duIG9uY2U'],
    }),
    bot: Bot,
  })
  .meta({ id: 'BotWithToken' })

export function toBot(
  { account, createdAt, isOwnerDisabled, token }: StoredBot,
  { now, botUse }: Pick<Deps, 'now' | 'botUse'>,
): z.infer<typeof Bot> {
  const isExpired = token?.expiresAt !== undefined && token.expiresAt <= now()
  return {
    ...account.user,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: toIso(token?.expiresAt),
    lastUsedAt: toIso(token && (botUse.find(account.user.id) ?? token.lastUsedAt)),
    isActive: token !== undefined && !isExpired && !account.isDisabled && !isOwnerDisabled,
  }
}

const toIso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())

/** When a new token is to expire. */
export const expiresAt = z.iso
  .datetime('Must be a time in UTC like 2026-11-23T12:00:00Z, or null')
  .meta({ description: 'In the future; null: never.', pattern: 'Z$', examples: ['2126-11-23T12:00:00.000Z'] })
  .nullable()
  .default(null)

/** In milliseconds since the epoch; undefined: never. */
export function toFuture(time: string | null, now: number): number | undefined {
  if (time === null) return undefined
  const at = Date.parse(time)
  if (at > now) return at
  throw new AuthError('validation_failed', { errors: [{ path: 'expiresAt', message: 'Must lie in the future' }] })
}
