import { createProviders } from '../../oauth/create-providers.ts'
import { type Check, error, type Finding } from '../check.ts'

/** None of this is sent: to build an address is how a provider of OpenID Connect is asked what it tells of itself. */
const anyChecks = { state: 'x'.repeat(43), codeVerifier: 'x'.repeat(43), nonce: 'x'.repeat(43) }

export const oauth: Check = {
  name: 'oauth',
  healthy: 'every provider that tells of itself does, and is who it should be',
  async run(setup) {
    const providers = [...(await createProviders(setup.getConfig())).values()]
    const findings = await Promise.all(
      providers.map(async ({ name, issuer, buildAuthorizationUrl: build }, index): Promise<Finding[]> => {
        try {
          await build.call(providers[index], anyChecks)
          return []
        } catch (thrown) {
          const message = `the provider ${name} (${issuer}) cannot be used: ${explain(thrown)}`
          return [
            error(
              message,
              `compare OAUTH_${name.toUpperCase().replaceAll('-', '_')}_ISSUER with what it says, letter for letter`,
            ),
          ]
        }
      }),
    )
    return findings.flat()
  },
}

/** The innermost cause says most: a name that is not known, a connection that was refused. */
function explain(thrown: unknown): string {
  let innermost = thrown
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause
  return innermost instanceof Error ? innermost.message : String(innermost)
}
