import type { Account } from '../accounts/user-store.ts'
import type { Deps } from '../deps.ts'
import { findProvidersOf } from '../oauth/provider.ts'
import { writeEmailChangedLetter, writeLinkLetter, writePasswordChangedLetter } from './letters.ts'

type NoticeDeps = Pick<Deps, 'mailer' | 'config' | 'now' | 'oauthProviders'>

/**
 * Tells somebody that their password was changed or reset, and through which providers one can sign in all the same. To
 * be called after the commit.
 */
export function notifyPasswordChanged(
  { mailer, config, now, oauthProviders }: NoticeDeps,
  { user, email }: Account,
  linkedIssuers: readonly string[],
): void {
  if (email === null) return
  const changedAt = now()
  const labels = linkedIssuers.flatMap((issuer) => findProvidersOf(oauthProviders, issuer).map(({ label }) => label))
  const providers = [...new Set(labels)]
  mailer?.post('password changed', async () =>
    writePasswordChangedLetter(config, { user, email }, { changedAt, providers }),
  )
}

/** Tells somebody that they can sign in through a provider from now on. To be called after the commit. */
export const notifyAccountLinked = (deps: NoticeDeps, account: Account, provider: string): void =>
  notifyOfLink(deps, account, provider, 'linked')

/** Tells somebody that they can no longer. To be called after the commit. */
export const notifyAccountUnlinked = (deps: NoticeDeps, account: Account, provider: string): void =>
  notifyOfLink(deps, account, provider, 'unlinked')

function notifyOfLink(
  { mailer, config, now, oauthProviders }: NoticeDeps,
  { user, email }: Account,
  provider: string,
  change: 'linked' | 'unlinked',
): void {
  if (email === null) return
  const changedAt = now()
  const label = oauthProviders.get(provider)?.label ?? provider
  mailer?.post(`account ${change}`, async () => writeLinkLetter(config, { user, email }, { changedAt, label, change }))
}

/** Tells the address that an account had before; which it has now is nobody's there. To be called after the commit. */
export function notifyEmailChanged(
  { mailer, config, now }: NoticeDeps,
  changed: { readonly userId: string; readonly oldEmail: string },
): void {
  const changedAt = now()
  mailer?.post('email changed', async () => writeEmailChangedLetter(config, changed, changedAt))
}
