import { createHash } from 'node:crypto'

/** SHA-256 of a bot's token: all that the database keeps of it. 256 random bits need no slow hash. */
export type BotTokenHash = Buffer & { readonly brand: 'BotTokenHash' }

const prefix = 'glb_'
const tokenBytes = 32

/** `glb_` and 256 random bits in base64url (RFC 4648, section 5): opaque, and easy to find where it leaked. */
export const makeBotToken = (randomBytes: (size: number) => Buffer): string =>
  prefix + randomBytes(tokenBytes).toString('base64url')

export const isBotToken = (token: string): boolean => token.startsWith(prefix)

export const hashBotToken = (token: string): BotTokenHash => createHash('sha256').update(token).digest() as BotTokenHash
