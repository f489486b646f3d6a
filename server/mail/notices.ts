import type { DatabaseTransaction } from '../../db/schema.ts'
import type { Account } from '../accounts/user-store.ts'
import type { Deps } from '../deps.ts'
import { findProvidersOf } from '../oauth/provider.ts'
import {
  writeEmailChangedLetter,
  writeLinkLetter,
  writePasswordChangedLetter,
  writePasswordResetLetter,
} from './letters.ts'

type NoticeDeps = Pick<Deps, 'mailer' | 'config' | 'now' | 'oauthProviders'>

/**
 * Tells somebody that their password was changed, and through which providers one can sign in all the same. In the
 * transaction that does so, like every notice: what is committed is told.
 */
export async function notifyPasswordChanged(
  trx: DatabaseTransaction,
  { mailer, config, now, oauthProviders }: NoticeDeps,
  { user, email }: Account,
  linkedIssuers: readonly string[],
): Promise<void> {
  if (email === null) return
  const labels = linkedIssuers.flatMap((issuer) => findProvidersOf(oauthProviders, issuer).map(({ label }) => label))
  const changes = { changedAt: now(), providers: [...new Set(labels)] }
  await mailer?.post(trx, writePasswordChangedLetter(config, { user, email }, changes))
}

/** Tells somebody that their password was reset, and what ended with it. */
export async function notifyRecovered(
  trx: DatabaseTransaction,
  { mailer, config, now, oauthProviders }: NoticeDeps,
  { user, email }: Account,
  { issuers, bots }: { readonly issuers: readonly string[]; readonly bots: readonly string[] },
): Promise<void> {
  if (email === null) return
  const labels = issuers.flatMap((issuer) => findProvidersOf(oauthProviders, issuer).map(({ label }) => label))
  const ended = { resetAt: now(), providers: [...new Set(labels)], bots }
  await mailer?.post(trx, writePasswordResetLetter(config, { user, email }, ended))
}

/** Tells somebody that they can sign in through a provider from now on. */
export const notifyAccountLinked = async (
  trx: DatabaseTransaction,
  deps: NoticeDeps,
  account: Account,
  provider: string,
): Promise<void> => await notifyOfLink(trx, deps, { account, provider, change: 'linked' })

/** Tells somebody that they can no longer. */
export const notifyAccountUnlinked = async (
  trx: DatabaseTransaction,
  deps: NoticeDeps,
  account: Account,
  provider: string,
): Promise<void> => await notifyOfLink(trx, deps, { account, provider, change: 'unlinked' })

interface LinkChange {
  readonly account: Account
  readonly provider: string
  readonly change: 'linked' | 'unlinked'
}

async function notifyOfLink(
  trx: DatabaseTransaction,
  { mailer, config, now, oauthProviders }: NoticeDeps,
  { account: { user, email }, provider, change }: LinkChange,
): Promise<void> {
  if (email === null) return
  const label = oauthProviders.get(provider)?.label ?? provider
  await mailer?.post(trx, writeLinkLetter(config, { user, email }, { changedAt: now(), label, change }))
}

/** Tells the address that an account had before; which it has now is nobody's there. */
export async function notifyEmailChanged(
  trx: DatabaseTransaction,
  { mailer, config, now }: NoticeDeps,
  changed: { readonly userId: string; readonly oldEmail: string },
): Promise<void> {
  await mailer?.post(trx, writeEmailChangedLetter(config, changed, now()))
}
