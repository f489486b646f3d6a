import type { ServerResponse } from 'node:http'
import type { ExecutionContext } from 'ava'
import { startScript } from './processes.ts'

export const clientId = 'guestlist'
export const clientSecret = 'secret of guestlist: 100 % & more'

export type Claims = Record<string, unknown>

export interface Issuer {
  readonly name: string
  readonly url: string
  readonly origin: string
}

/** What an issuer does otherwise than it should. */
export interface Twist {
  readonly discovery?: (issuer: Issuer) => Record<string, unknown>
  /** The parameters that the browser comes back with. */
  readonly back?: (parameters: Record<string, string>, issuer: Issuer) => Record<string, string> | [string, string][]
  readonly claims?: (claims: Claims, issuer: Issuer) => Claims
  readonly signature?: {
    readonly header?: Record<string, string>
    readonly secret?: 'pem' | 'jwk' | 'secret'
    readonly isOtherKey?: boolean
    readonly isSpoilt?: boolean
  }
  readonly tokens?: (tokens: Record<string, unknown>) => unknown
  readonly userInfo?: Record<string, unknown>
  /** By path, instead of what the issuer would answer. */
  readonly answers?: Readonly<Record<string, (response: ServerResponse, issuer: Issuer) => void>>
}

export interface TestProvider {
  readonly url: string
  /** Who signs in at this issuer from now on. */
  setPerson(issuer: string, claims: Claims): Promise<void>
  /** What was asked of addresses that nobody should be led to. */
  askedElsewhere(): Promise<string[]>
}

/** Starts the provider in a process of its own; it is killed when the test ends. */
export async function startTestProvider(t: ExecutionContext): Promise<TestProvider> {
  const running = startScript(t, 'tests/helpers/oauth-provider-process.ts')
  const [, url = ''] = await running.waitFor(/listening on (\S+)/)
  return {
    url,
    setPerson: async (issuer, claims) => {
      await fetch(`${url}/${issuer}/person`, { method: 'POST', body: JSON.stringify(claims) })
    },
    askedElsewhere: async () => (await (await fetch(`${url}/elsewhere/asked`)).json()) as string[],
  }
}

/** The settings of these issuers as providers of the same names; `plain-…` are plain OAuth 2.0. */
export function providerSettings(
  { url }: Pick<TestProvider, 'url'>,
  issuers: readonly string[],
): Record<string, string> {
  const settings = issuers.flatMap((issuer) => {
    const prefix = `OAUTH_${issuer.toUpperCase().replaceAll('-', '_')}`
    const plain = {
      [`${prefix}_AUTHORIZATION_URL`]: `${url}/${issuer}/authorize`,
      [`${prefix}_TOKEN_URL`]: `${url}/${issuer}/token`,
      [`${prefix}_USERINFO_URL`]: `${url}/${issuer}/user`,
    }
    return Object.entries({
      [`${prefix}_CLIENT_ID`]: clientId,
      [`${prefix}_CLIENT_SECRET`]: clientSecret,
      ...(issuer.startsWith('plain') ? plain : { [`${prefix}_ISSUER`]: `${url}/${issuer}` }),
    })
  })
  return Object.fromEntries(settings)
}
