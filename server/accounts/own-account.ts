import * as z from 'zod'
import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { id, timestamp } from '../http/schemas.ts'
import { listLinkedIssuers } from '../oauth/oauth-account-store.ts'
import { findProvidersOf } from '../oauth/provider.ts'
import { findDirectoryEntry } from './directory-store.ts'

/** What the API shows of an account to its owner, and to nobody else. */
export const OwnAccount = z
  .strictObject({
    id,
    email: z
      .string()
      .nullable()
      .meta({ description: 'Null when unset.', examples: ['alice@example.com'] }),
    createdAt: timestamp,
    hasPassword: z.boolean().meta({ examples: [true] }),
    signInMethods: z.array(z.string()).meta({
      description: '`password` where there is an address too, and the names of the providers of linked accounts.',
      examples: [['password', 'github']],
    }),
  })
  .meta({ id: 'Account', description: 'What only its owner may see of an account.' })

export type OwnAccount = Readonly<z.infer<typeof OwnAccount>>

export async function getOwnAccount(
  { db, oauthProviders }: { readonly db: Database | DatabaseTransaction } & Pick<Deps, 'oauthProviders'>,
  userId: string,
): Promise<OwnAccount> {
  const entry = await findDirectoryEntry(db, userId)
  if (entry === undefined) throw new AuthError('session_ended')
  const { email, passwordHash } = entry.account
  const hasPassword = passwordHash !== undefined
  const issuers = await listLinkedIssuers(db, userId)
  // Through others nobody can sign in today.
  const providers = issuers.flatMap((issuer) => findProvidersOf(oauthProviders, issuer).map(({ name }) => name))
  return {
    id: userId,
    email,
    createdAt: new Date(entry.createdAt).toISOString(),
    hasPassword,
    signInMethods: [...new Set([...(hasPassword && email !== null ? ['password'] : []), ...providers])],
  }
}
