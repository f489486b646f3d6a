import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { logFailure } from './log-failure.ts'
import { type FlowOutcome, hashFlowSecret, randomFlowSecret } from './oauth-flow.ts'
import { saveOutcome, takeReturn } from './oauth-flow-store.ts'
import type { FlowChecks, OAuthProvider } from './provider.ts'
import { addCode } from './return-address.ts'

/**
 * Takes what a provider sent somebody back with (RFC 6749, section 4.1.2) and reads who they are there. Nothing comes of
 * it before the application has exchanged the code: this only says where the browser goes on to, with that code.
 */
export async function finishFlow(deps: Deps, provider: OAuthProvider, query: URLSearchParams): Promise<string> {
  const [state, ...others] = query.getAll('state')
  if (state === undefined || others.length > 0) throw new AuthError('oauth_flow_invalid')
  const stateHash = hashFlowSecret(state)
  // Taken before the provider is asked: a second return with the same state finds nothing.
  const flow = await takeReturn(deps.db, { stateHash, provider: provider.name, now: deps.now() })
  if (flow === undefined) throw new AuthError('oauth_flow_invalid')
  const outcome = await identify(deps, provider, query, { ...flow, state })
  const code = randomFlowSecret(deps)
  await saveOutcome(deps.db, { stateHash, codeHash: hashFlowSecret(code), outcome })
  return addCode(flow.returnTo, code)
}

async function identify(
  { log }: Deps,
  provider: OAuthProvider,
  query: URLSearchParams,
  checks: FlowChecks,
): Promise<FlowOutcome> {
  try {
    return { identity: await provider.identify(query, checks) }
  } catch (error) {
    // RFC 6749, section 4.1.2.1: their own decision.
    if (query.get('error') === 'access_denied') return { failure: 'declined' }
    logFailure(log, provider, error)
    return { failure: 'unconfirmed' }
  }
}
