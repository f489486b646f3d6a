import type { Account } from '../accounts/user-store.ts'
import type { Deps } from '../deps.ts'
import { writeEmailChangedLetter, writePasswordChangedLetter } from './letters.ts'

type NoticeDeps = Pick<Deps, 'mailer' | 'config' | 'now'>

/** Tells somebody that their password was changed or reset. To be called after the commit. */
export function notifyPasswordChanged({ mailer, config, now }: NoticeDeps, { user, email }: Account): void {
  if (email === null) return
  const changedAt = now()
  mailer?.post('password changed', async () => writePasswordChangedLetter(config, { user, email }, changedAt))
}

/** Tells the address that an account had before; which it has now is nobody's there. To be called after the commit. */
export function notifyEmailChanged(
  { mailer, config, now }: NoticeDeps,
  changed: { readonly userId: string; readonly oldEmail: string },
): void {
  const changedAt = now()
  mailer?.post('email changed', async () => writeEmailChangedLetter(config, changed, changedAt))
}
