import type { Database } from '../../db/schema.ts'
import { StartupError } from '../../db/startup-error.ts'
import type { OAuthSettings, PlainOAuthSettings } from '../oauth-settings.ts'
import { listLinksOfOrigins, updateLinkIssuer } from './oauth-account-store.ts'

const originOf = ({ userInfoUrl }: PlainOAuthSettings): string => new URL(userInfoUrl).origin

/**
 * Identities of plain OAuth providers were kept by origin, which two providers can share; now each provider has its own. Links of
 * before go to the provider of their name, or else to the only one of their origin. Throws `StartupError` where that
 * leaves a choice: whoever signs in through the wrong one would be somebody else.
 */
export async function adoptLinks(db: Database, { providers }: OAuthSettings): Promise<void> {
  const plain = providers.filter((provider) => provider.kind === 'plain')
  if (plain.length === 0) return
  await db.transaction().execute(async (trx) => {
    for (const { issuer, provider: name } of await listLinksOfOrigins(trx)) {
      const candidates = plain.filter((each) => `oauth:${originOf(each)}` === issuer)
      const adopter = candidates.find((each) => each.name === name) ?? candidates[0]
      if (adopter === undefined) continue
      if (adopter.name !== name && candidates.length > 1) {
        const names = candidates.map((each) => each.name).join(' and ')
        throw new StartupError(
          `accounts are linked through a provider ${name} of ${originOf(adopter)}, and ${names} are both there now: ` +
            `call one of them ${name} again, by its OAUTH_…_CLIENT_ID`,
        )
      }
      await updateLinkIssuer(trx, { issuer, provider: name }, adopter.issuer)
    }
  })
}
