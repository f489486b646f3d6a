import type { ProviderIdentity } from './provider-identity.ts'

/** What ties the answer of a provider to the question. All are random and good once. */
export interface FlowChecks {
  readonly state: string
  /** RFC 7636. */
  readonly codeVerifier: string
  /** OpenID Connect Core 1.0, section 3.1.2.1. */
  readonly nonce: string
}

/** A provider through which people sign in. Both methods reject with whatever goes wrong there. */
export interface OAuthProvider {
  readonly name: string
  readonly label: string
  /** Whose identities it tells of. */
  readonly issuer: string
  /** Where the person's browser is to go. */
  buildAuthorizationUrl(checks: FlowChecks): Promise<string>
  /** Exchanges the code that the browser came back with, and reads who it is. */
  identify(query: URLSearchParams, checks: FlowChecks): Promise<ProviderIdentity>
}

/** By name, in the order of names. */
export type OAuthProviders = ReadonlyMap<string, OAuthProvider>

/** Whose identities are kept under this issuer: usually one, or none that is still configured. */
export const findProvidersOf = (providers: OAuthProviders, issuer: string): OAuthProvider[] =>
  [...providers.values()].filter((provider) => provider.issuer === issuer)

/** What all of them know of this server. */
export interface ProviderContext {
  /** Registered at the provider, letter for letter. Each has its own, so that none answers for another. */
  readonly redirectUri: string
  /** How long each request to the provider may take. */
  readonly timeoutMs: number
}
