import type { Config } from '../config.ts'
import { second } from '../durations.ts'
import type { ProviderSettings } from '../oauth-settings.ts'
import type { OAuthProvider, OAuthProviders } from './provider.ts'

const defaultTimeoutMs = 5 * second

/** The providers of the configuration. It asks none of them: one that is down keeps nobody else from signing in. */
export async function createProviders(
  { oauth, publicUrl }: Pick<Config, 'oauth' | 'publicUrl'>,
  timeoutMs = defaultTimeoutMs,
): Promise<OAuthProviders> {
  if (oauth.providers.length === 0) return new Map()
  // Loaded only where it is used.
  const [{ OpenIdProvider }, { PlainOAuthProvider }] = await Promise.all([
    import('./openid-provider.ts'),
    import('./plain-oauth-provider.ts'),
  ])
  const create = (settings: ProviderSettings): OAuthProvider => {
    const context = { redirectUri: `${publicUrl}/api/auth/oauth/${settings.name}/callback`, timeoutMs }
    return settings.kind === 'openid'
      ? new OpenIdProvider(settings, context)
      : new PlainOAuthProvider(settings, context)
  }
  return new Map(oauth.providers.map((settings) => [settings.name, create(settings)]))
}
