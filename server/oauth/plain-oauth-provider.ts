import {
  allowInsecureRequests,
  authorizationCodeGrant,
  ClientSecretPost,
  Configuration,
  customFetch,
  fetchProtectedResource,
} from 'openid-client'
import { second } from '../durations.ts'
import type { PlainOAuthSettings } from '../oauth-settings.ts'
import { buildAuthorizationUrl } from './authorization-url.ts'
import { backChannel } from './back-channel.ts'
import type { FlowChecks, OAuthProvider, ProviderContext } from './provider.ts'
import { type Profile, type ProviderIdentity, readIdentity } from './provider-identity.ts'

/** A provider of OAuth 2.0 (RFC 6749), whose user-info endpoint tells whose access token it is. */
export class PlainOAuthProvider implements OAuthProvider {
  readonly name: string
  readonly label: string
  readonly issuer: string
  readonly #settings: PlainOAuthSettings
  readonly #context: ProviderContext
  readonly #configuration: Configuration

  constructor(settings: PlainOAuthSettings, context: ProviderContext) {
    this.name = settings.name
    this.label = settings.label
    this.issuer = settings.issuer
    this.#settings = settings
    this.#context = context
    const { clientId, clientSecret, authorizationUrl, tokenUrl, userInfoUrl, responseIssuer } = settings
    const server = {
      issuer: responseIssuer ?? new URL(userInfoUrl).origin,
      authorization_endpoint: authorizationUrl,
      token_endpoint: tokenUrl,
    }
    // In the body: GitHub knows no other way (RFC 6749, section 2.3.1 allows both).
    this.#configuration = new Configuration(server, clientId, undefined, ClientSecretPost(clientSecret))
    this.#configuration[customFetch] = backChannel(tokenUrl)
    this.#configuration.timeout = context.timeoutMs / second
    if (new URL(tokenUrl).protocol === 'http:') allowInsecureRequests(this.#configuration)
  }

  async buildAuthorizationUrl(checks: FlowChecks): Promise<string> {
    return await buildAuthorizationUrl(this.#configuration, this.#settings.tokenUrl, {
      ...checks,
      scopes: this.#settings.scopes,
      redirectUri: this.#context.redirectUri,
    })
  }

  async identify(query: URLSearchParams, checks: FlowChecks): Promise<ProviderIdentity> {
    const answered = new URLSearchParams(query)
    // Whose it is cannot be judged where nobody has said what the provider calls itself.
    if (this.#settings.responseIssuer === undefined) answered.delete('iss')
    const tokens = await authorizationCodeGrant(
      this.#configuration,
      new URL(`${this.#context.redirectUri}?${answered}`),
      {
        expectedState: checks.state,
        pkceCodeVerifier: checks.codeVerifier,
      },
    )
    const identity = readIdentity(this.issuer, await this.#readProfile(tokens.access_token), this.#settings.fields)
    if (identity === undefined) throw new Error('the provider does not tell who it is')
    return identity
  }

  async #readProfile(accessToken: string): Promise<Profile> {
    const { userInfoUrl } = this.#settings
    const headers = new Headers({ accept: 'application/json' })
    const response = await fetchProtectedResource(
      this.#configuration,
      accessToken,
      new URL(userInfoUrl),
      'GET',
      undefined,
      headers,
    )
    if (response.status !== 200) throw new Error(`the user-info endpoint answers ${response.status}`)
    const profile: unknown = await response.json()
    if (typeof profile !== 'object' || profile === null || Array.isArray(profile)) {
      throw new Error('the user-info endpoint answers no object')
    }
    return profile as Profile
  }
}
