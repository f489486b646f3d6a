import * as z from 'zod'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { getSessionAnew } from '../sessions/get-session-anew.ts'
import type { Session } from '../sessions/session.ts'
import { logFailure } from './log-failure.ts'
import { type FlowPurpose, flowTtlMs, hashFlowSecret, randomFlowSecret } from './oauth-flow.ts'
import { insertFlow } from './oauth-flow-store.ts'
import type { FlowChecks, OAuthProvider } from './provider.ts'

export const OAuthStart = z
  .strictObject({
    authorizationUrl: z.string().meta({
      description: 'Where the browser is to go.',
      format: 'uri',
      examples: ['https://github.com/login/oauth/authorize?client_id=Iv1.0123456789abcdef'],
    }),
    flowSecret: z.string().meta({
      description:
        'Keep it where nobody else reads it: only with it the code can be exchanged that the browser comes back with.',
      examples: ['W2Lr8IYqVJwV0m1kq9cQmT0yY1r7cQmV3l4T9bYx5sA'],
    }),
  })
  .meta({ id: 'OAuthStart' })

export type OAuthStart = Readonly<z.infer<typeof OAuthStart>>

interface FlowStart {
  readonly returnTo: string
  readonly purpose: FlowPurpose
  /** That links; it must not have ended by the time that the flow is written. */
  readonly session?: Session
}

/** Begins a flow that ends within 10 minutes, and says where the browser is to go. */
export async function startFlow(
  deps: Deps,
  provider: OAuthProvider,
  { returnTo, purpose, session }: FlowStart,
): Promise<OAuthStart> {
  const checks = {
    state: randomFlowSecret(deps),
    codeVerifier: randomFlowSecret(deps),
    nonce: randomFlowSecret(deps),
  }
  const flowSecret = randomFlowSecret(deps)
  const authorizationUrl = await buildAuthorizationUrl(deps, provider, checks)
  const flow = {
    stateHash: hashFlowSecret(checks.state),
    secretHash: hashFlowSecret(flowSecret),
    provider: provider.name,
    codeVerifier: checks.codeVerifier,
    nonce: checks.nonce,
    returnTo,
    purpose,
    expiresAt: deps.now() + flowTtlMs,
  }
  await deps.db.transaction().execute(async (trx) => {
    if (session !== undefined) await getSessionAnew({ ...deps, db: trx }, session)
    await insertFlow(trx, flow)
  })
  return { authorizationUrl, flowSecret }
}

async function buildAuthorizationUrl({ log }: Deps, provider: OAuthProvider, checks: FlowChecks): Promise<string> {
  try {
    return await provider.buildAuthorizationUrl(checks)
  } catch (error) {
    logFailure(log, provider, error)
    const detail = 'The provider does not answer as it should. Try again later, or sign in another way.'
    throw new AuthError('oauth_failed', { detail })
  }
}

export function getProvider({ oauthProviders }: Pick<Deps, 'oauthProviders'>, name: string): OAuthProvider {
  const provider = oauthProviders.get(name)
  if (provider === undefined) throw new AuthError('not_found', { detail: 'There is no provider of this name.' })
  return provider
}
