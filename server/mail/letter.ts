export type LetterKind = 'reset code' | 'password changed' | 'email changed' | 'account linked' | 'account unlinked'

/** A mail to a person, in plain text. */
export interface Letter {
  /** What the log names it by: the address is never logged. */
  readonly userId: string
  readonly kind: LetterKind
  readonly to: string
  readonly subject: string
  readonly text: string
}
