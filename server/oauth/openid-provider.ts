import {
  allowInsecureRequests,
  authorizationCodeGrant,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  type ServerMetadata,
} from 'openid-client'
import { hour, second } from '../durations.ts'
import type { OpenIdSettings } from '../oauth-settings.ts'
import { buildAuthorizationUrl } from './authorization-url.ts'
import { backChannel } from './back-channel.ts'
import type { FlowChecks, OAuthProvider, ProviderContext } from './provider.ts'
import { type Profile, type ProviderIdentity, readIdentity, standardClaims } from './provider-identity.ts'

/** How long what a provider told of itself counts; its keys are read again when one is missing. */
const discoveryKeptMs = hour

/** A provider of OpenID Connect, which tells where its endpoints are (Discovery 1.0) and signs who somebody is. */
export class OpenIdProvider implements OAuthProvider {
  readonly name: string
  readonly label: string
  readonly issuer: string
  readonly #settings: OpenIdSettings
  readonly #context: ProviderContext
  #discovered: { readonly at: number; readonly configuration: Promise<Configuration> } | undefined

  constructor(settings: OpenIdSettings, context: ProviderContext) {
    this.name = settings.name
    this.label = settings.label
    this.issuer = settings.issuer
    this.#settings = settings
    this.#context = context
  }

  async buildAuthorizationUrl(checks: FlowChecks): Promise<string> {
    const configuration = await this.#discover()
    return await buildAuthorizationUrl(configuration, this.issuer, {
      ...checks,
      scopes: this.#settings.scopes,
      redirectUri: this.#context.redirectUri,
    })
  }

  async identify(query: URLSearchParams, checks: FlowChecks): Promise<ProviderIdentity> {
    const configuration = await this.#discover()
    const tokens = await authorizationCodeGrant(configuration, new URL(`${this.#context.redirectUri}?${query}`), {
      expectedState: checks.state,
      expectedNonce: checks.nonce,
      pkceCodeVerifier: checks.codeVerifier,
      idTokenExpected: true,
    })
    const claims: Profile = tokens.claims() ?? {}
    const subject = String(claims.sub)
    const isComplete = Object.hasOwn(claims, 'email') && Object.hasOwn(claims, 'name')
    const canTellMore = !isComplete && configuration.serverMetadata().userinfo_endpoint !== undefined
    const more = canTellMore ? await fetchUserInfo(configuration, tokens.access_token, subject) : {}
    const identity = readIdentity(this.issuer, { ...more, ...claims }, standardClaims)
    if (identity === undefined) throw new Error('the provider does not tell who it is')
    return identity
  }

  /** What the provider tells of itself; asked for once, however many wait for it. */
  #discover(): Promise<Configuration> {
    const now = performance.now()
    if (this.#discovered !== undefined && now - this.#discovered.at < discoveryKeptMs) {
      return this.#discovered.configuration
    }
    const configuration = this.#readConfiguration()
    const discovered = { at: now, configuration }
    this.#discovered = discovered
    // The next one asks again.
    configuration.catch(() => {
      if (this.#discovered === discovered) this.#discovered = undefined
    })
    return configuration
  }

  async #readConfiguration(): Promise<Configuration> {
    const { clientId, clientSecret } = this.#settings
    const isLocal = new URL(this.issuer).protocol === 'http:'
    const authenticate: ClientAuth = (server, client, body, headers) =>
      clientAuthFor(server, clientSecret)(server, client, body, headers)
    const configuration = await discovery(new URL(this.issuer), clientId, undefined, authenticate, {
      timeout: this.#context.timeoutMs / second,
      [customFetch]: backChannel(this.issuer),
      // Without these the signature of what comes from the token endpoint would not be checked.
      execute: [enableNonRepudiationChecks, ...(isLocal ? [allowInsecureRequests] : [])],
    })
    const { issuer } = configuration.serverMetadata()
    // The package lets some providers call themselves otherwise.
    if (issuer !== this.issuer) throw new Error(`the provider calls itself ${JSON.stringify(issuer)}`)
    return configuration
  }
}

/** Discovery 1.0, section 3: where it does not say how, by HTTP Basic. */
function clientAuthFor(server: ServerMetadata, clientSecret: string): ClientAuth {
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  return methods.includes('client_secret_basic') ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret)
}
