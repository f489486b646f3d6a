import type { SignedIn } from '../accounts/user.ts'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import type { Origin } from '../http/origin.ts'
import type { Session } from '../sessions/session.ts'
import { linkIdentity } from './link-identity.ts'
import { hashFlowSecret, type ReturnedFlow } from './oauth-flow.ts'
import { consumeFlow, findReturnedFlow } from './oauth-flow-store.ts'
import type { ProviderIdentity } from './provider-identity.ts'
import { signInByIdentity } from './sign-in-by-identity.ts'

interface Exchange {
  readonly code: string
  readonly flowSecret: string
  readonly origin: Origin
  /** Of whoever asks; called for a link only. */
  readonly getSession: () => Promise<{ session: Session; token: string }>
}

/** Exchanges the code that a browser came back with: signs in, makes an account or links. Whatever comes of it, the flow is over. */
export async function completeFlow(deps: Deps, exchange: Exchange): Promise<SignedIn> {
  const key = () => ({
    codeHash: hashFlowSecret(exchange.code),
    secretHash: hashFlowSecret(exchange.flowSecret),
    now: deps.now(),
  })
  const found = await findReturnedFlow(deps.db, key())
  // Before the flow is taken: with an expired token one asks again with a fresh one.
  const presented = found?.purpose.sessionId === undefined ? undefined : await exchange.getSession()
  const flow = await consumeFlow(deps.db, key())
  if (flow === undefined || flow.purpose.sessionId !== presented?.session.id) throw new AuthError('oauth_flow_invalid')
  const identity = getIdentity(flow)
  if (flow.purpose.sessionId === undefined) {
    return await signInByIdentity(deps, { identity, provider: flow.provider, ...flow.purpose, origin: exchange.origin })
  }
  if (presented === undefined) throw new AuthError('oauth_flow_invalid')
  const { session, token } = presented
  return await linkIdentity(deps, session, { token, identity, provider: flow.provider })
}

function getIdentity({ outcome }: ReturnedFlow): ProviderIdentity {
  if ('identity' in outcome) return outcome.identity
  if (outcome.failure === 'unconfirmed') throw new AuthError('oauth_failed')
  throw new AuthError('oauth_failed', {
    detail: 'Consent was declined at the provider. Start again, or sign in another way.',
  })
}
