import * as z from 'zod'
import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { AuthError } from '../errors.ts'
import { id, timestamp } from '../http/schemas.ts'
import { listOAuthAccountsOfUser } from '../oauth/oauth-account-store.ts'
import { findDirectoryEntry } from './directory-store.ts'

/** What the API shows of an account to its owner, and to nobody else. */
export const OwnAccount = z
  .strictObject({
    id,
    email: z.string().meta({ examples: ['alice@example.com'] }),
    createdAt: timestamp,
    hasPassword: z.boolean().meta({ examples: [true] }),
    signInMethods: z.array(z.string()).meta({
      description: '`password`, and the names of the providers of linked accounts.',
      examples: [['password', 'github']],
    }),
  })
  .meta({ id: 'Account', description: 'What only its owner may see of an account.' })

export type OwnAccount = Readonly<z.infer<typeof OwnAccount>>

export async function getOwnAccount(db: Database | DatabaseTransaction, userId: string): Promise<OwnAccount> {
  const entry = await findDirectoryEntry(db, userId)
  if (entry === undefined) throw new AuthError('session_ended')
  const { email, passwordHash } = entry.account
  if (email === null) throw new Error('a person has an email address')
  const hasPassword = passwordHash !== undefined
  const providers = (await listOAuthAccountsOfUser(db, userId)).map(({ provider }) => provider)
  return {
    id: userId,
    email,
    createdAt: new Date(entry.createdAt).toISOString(),
    hasPassword,
    signInMethods: [...new Set([...(hasPassword ? ['password'] : []), ...providers])],
  }
}
