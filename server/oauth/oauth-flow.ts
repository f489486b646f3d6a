import { createHash } from 'node:crypto'
import type { Deps } from '../deps.ts'
import { minute } from '../durations.ts'
import type { InviteCodeHash } from '../invites/invite-code.ts'
import type { ProviderIdentity } from './provider-identity.ts'

/** How long somebody may take at the provider and on the way back. */
export const flowTtlMs = 10 * minute

/** What is to come of a flow: a link for the person of a session, or a sign-in. */
export type FlowPurpose =
  | { readonly sessionId: string }
  | {
      readonly sessionId: undefined
      readonly inviteCodeHash: InviteCodeHash | undefined
      readonly username: string | undefined
    }

/** A flow that somebody has begun. Of what it is known by only SHA-256 is kept. */
export interface BegunFlow {
  readonly stateHash: Buffer
  readonly secretHash: Buffer
  readonly provider: string
  readonly codeVerifier: string
  readonly nonce: string
  readonly returnTo: string
  readonly purpose: FlowPurpose
  readonly expiresAt: number
}

/** Why a provider told nobody's identity. */
export type FlowFailure = 'declined' | 'unconfirmed'

export type FlowOutcome = { readonly identity: ProviderIdentity } | { readonly failure: FlowFailure }

/** A flow whose person came back, which is over once it has been read. */
export interface ReturnedFlow {
  readonly provider: string
  readonly purpose: FlowPurpose
  readonly outcome: FlowOutcome
}

/** 256 bits that nobody guesses, in 43 characters as RFC 7636, section 4.1 wants a verifier. */
export const randomFlowSecret = ({ randomBytes }: Pick<Deps, 'randomBytes'>): string =>
  randomBytes(32).toString('base64url')

export const hashFlowSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()
