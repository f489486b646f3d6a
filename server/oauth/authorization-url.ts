import { buildAuthorizationUrl as buildUrl, type Configuration, calculatePKCECodeChallenge } from 'openid-client'
import { isAllowedAddress } from './back-channel.ts'
import type { FlowChecks } from './provider.ts'

interface AuthorizationRequest extends FlowChecks {
  readonly scopes: readonly string[]
  readonly redirectUri: string
}

/** An authorization request (RFC 6749, section 4.1.1) with PKCE by S256 (RFC 7636, section 4.3). */
export async function buildAuthorizationUrl(
  configuration: Configuration,
  ofProvider: string,
  { scopes, redirectUri, state, nonce, codeVerifier }: AuthorizationRequest,
): Promise<string> {
  const { href } = buildUrl(configuration, {
    redirect_uri: redirectUri,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    state,
    ...(scopes.includes('openid') && { nonce }),
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  })
  if (!isAllowedAddress(ofProvider, href)) throw new Error('the provider sends people to an address that is not https')
  return href
}
