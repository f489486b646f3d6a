/** What is recorded, and what it tells beside the ids of account and session. */
export type AuditEventName =
  | 'account.deleted'
  | 'account.disabled'
  | 'account.enabled'
  | 'account.imported'
  | 'account.registered'
  | 'account.unlocked'
  | 'bot.created'
  | 'bot.revoked'
  | 'bot.token_rotated'
  | 'database.restored'
  | 'email.changed'
  | 'guessing.noticed'
  | 'guessing.over'
  | 'invite.minted'
  | 'invite.revoked'
  | 'mail.given_up'
  | 'oauth_account.linked'
  | 'oauth_account.unlinked'
  | 'password.changed'
  | 'password.reset'
  | 'password.reset_code_made'
  | 'session.ended'
  | 'session.token_reused'
  | 'sessions.ended'
  | 'sign_in.failed'
  | 'sign_in.succeeded'
  | 'signing_key.rotated'
  | 'signing_key.unwrapped'

/** Ids, counts, flags and names of providers: nothing personal, so that nothing personal outlives its account. */
export type AuditDetails = Readonly<Record<string, string | number | boolean>>

/** What the operator may want to look up later. */
export interface NewAuditEvent {
  readonly event: AuditEventName
  readonly userId?: string
  readonly sessionId?: string
  readonly details?: AuditDetails
}

/** An event as it stands in the chain. */
export interface AuditEvent {
  /** Counts from 1, without gaps. */
  readonly sequence: number
  readonly id: string
  readonly at: number
  readonly event: string
  readonly userId: string | undefined
  readonly sessionId: string | undefined
  /** As it stands there where somebody put something in that is no JSON. */
  readonly details: AuditDetails | string | undefined
  /** In hexadecimal. */
  readonly hash: string
}

/** The newest event: whoever has noted it can tell later whether anything before it was changed. */
export type AuditHead = Pick<AuditEvent, 'sequence' | 'hash'>
