import type { Account } from '../accounts/user-store.ts'
import type { Config } from '../config.ts'
import type { Letter } from './letter.ts'

type LetterConfig = Pick<Config, 'publicUrl' | 'resetUrl'>

/** A person as a letter reaches them. */
type Recipient = Pick<Account, 'user'> & { readonly email: string }

/** The code stands in the fragment, which browsers send to nobody, so that it comes into no log. */
const resetLink = ({ resetUrl }: LetterConfig, code: string): string => `${resetUrl}#code=${code}`

export function writeResetLetter(config: LetterConfig, { user, email }: Recipient, code: string): Letter {
  return {
    userId: user.id,
    kind: 'reset code',
    to: email,
    subject: `A new password for ${user.username}`,
    text: `Somebody asked for a new password for the account ${user.username}
at ${config.publicUrl}

If it was you, open this page within 30 minutes:

${resetLink(config, code)}

Where you are asked for a code, it is:

    ${code}

It works once, and signs the account out everywhere.

If it was not you, you need not do anything: your password stays as it
is. Give the link and the code to nobody.
`,
  }
}

export function writePasswordChangedLetter(
  config: LetterConfig,
  { user, email }: Recipient,
  { changedAt, providers }: { readonly changedAt: number; readonly providers: readonly string[] },
): Letter {
  const links =
    providers.length === 0
      ? ''
      : `
One can still sign in through these linked accounts:
${providers.map((label) => `\n    ${label}`).join('')}

Unlink whatever is not yours.
`
  return {
    userId: user.id,
    kind: 'password changed',
    to: email,
    subject: `The password of ${user.username} was changed`,
    text: `The account ${user.username} at ${config.publicUrl}
has had a new password since ${toMinute(changedAt)}.

If that was you, you need not do anything.

If that was not you, somebody else can sign in as you now: ask for a new
password where you sign in, as if you had forgotten yours, and tell the
operator of the server. Whoever reads your mail can set your password, so
see to your mailbox too.
${links}`,
  }
}

export function writePasswordResetLetter(
  config: LetterConfig,
  { user, email }: Recipient,
  ended: { readonly resetAt: number; readonly providers: readonly string[]; readonly bots: readonly string[] },
): Letter {
  const list = (title: string, names: readonly string[]): string =>
    names.length === 0 ? '' : `\n${title}\n${names.map((name) => `\n    ${name}`).join('')}\n`
  return {
    userId: user.id,
    kind: 'password changed',
    to: email,
    subject: `The password of ${user.username} was reset`,
    text: `The account ${user.username} at ${config.publicUrl}
has had a new password since ${toMinute(ended.resetAt)}. It was signed out everywhere.
${list('These linked accounts were unlinked. Link those that are yours again:', ended.providers)}${list('The tokens of these bots were revoked. Make new ones for those that are yours:', ended.bots)}
If that was you, you need not do anything else.

If that was not you, somebody else can sign in as you now: ask for a new
password where you sign in, as if you had forgotten yours, and tell the
operator of the server. Whoever reads your mail can set your password, so
see to your mailbox too.
`,
  }
}

export function writeLinkLetter(
  config: LetterConfig,
  { user, email }: Recipient,
  {
    changedAt,
    label,
    change,
  }: { readonly changedAt: number; readonly label: string; readonly change: 'linked' | 'unlinked' },
): Letter {
  const [subject, happened] =
    change === 'linked'
      ? [`${label} can sign in as ${user.username}`, `One can sign in to it through ${label} now`]
      : [`${label} can no longer sign in as ${user.username}`, `One can no longer sign in to it through ${label}`]
  return {
    userId: user.id,
    kind: `account ${change}`,
    to: email,
    subject,
    text: `An account at ${label} was ${change} ${change === 'linked' ? 'to' : 'from'} the account ${user.username}
at ${config.publicUrl} at ${toMinute(changedAt)}.
${happened}.

If that was you, you need not do anything.

If that was not you, somebody else is signed in as you: change your
password, end your other sessions, look through your linked accounts, and
tell the operator of the server.
`,
  }
}

export function writeEmailChangedLetter(
  config: LetterConfig,
  { userId, oldEmail }: { readonly userId: string; readonly oldEmail: string },
  changedAt: number,
): Letter {
  return {
    userId,
    kind: 'email changed',
    to: oldEmail,
    subject: 'Your email address was changed',
    text: `Your account at ${config.publicUrl}
has had another email address since ${toMinute(changedAt)}.
Mails about it no longer come here.

If that was you, you need not do anything.

If that was not you, somebody knows your password and has taken your
account: tell the operator of the server at once.
`,
  }
}

const toMinute = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
