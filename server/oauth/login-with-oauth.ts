import * as z from 'zod'
import { username } from '../accounts/account-fields.ts'
import { findAccountByUsername } from '../accounts/user-store.ts'
import type { Deps } from '../deps.ts'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { parseBody } from '../http/body.ts'
import { hashCode, inviteCode } from '../invites/invite-code.ts'
import { isUsableInvite } from '../invites/invite-rules.ts'
import { providerName } from './provider-name.ts'
import { getReturnAddress, returnAddress } from './return-address.ts'
import { getProvider, OAuthStart, startFlow } from './start-flow.ts'

const Input = z
  .strictObject({ returnTo: returnAddress, inviteCode: inviteCode.optional(), username: username.optional() })
  .meta({ id: 'OAuthLogin' })

export const loginWithOAuth = endpoint<{ provider: string }>(
  {
    id: 'loginWithOAuth',
    tag: 'OAuth accounts',
    summary: 'Start signing in through a provider',
    description:
      'Send the browser to `authorizationUrl`. It comes back to `returnTo` with `oauth_code` in its query, also where ' +
      'the provider confirmed nobody: exchange the code at `POST /api/auth/oauth/token`. Whoever has no account yet ' +
      'needs an invite code, and may choose a username.',
    parameters: { provider: providerName },
    body: Input,
    answer: { status: 200, description: 'Where the browser is to go', schema: OAuthStart },
    errors: ['oauth_failed', 'not_found', 'username_taken'],
  },
  (deps) => async (request, response) => {
    const input = parseBody(request, Input)
    const returnTo = getReturnAddress(deps.config, input.returnTo)
    const provider = getProvider(deps, request.params.provider)
    await refuseTakenUsername(deps, input)
    const inviteCodeHash = input.inviteCode === undefined ? undefined : hashCode(input.inviteCode)
    const purpose = { sessionId: undefined, inviteCodeHash, username: input.username }
    response.json(await startFlow(deps, provider, { returnTo, purpose }))
  },
)

/** Told before the way to the provider, and as in registering only to whoever holds a good invite. */
async function refuseTakenUsername(
  { db, now }: Deps,
  { inviteCode, username }: { readonly inviteCode?: string | undefined; readonly username?: string | undefined },
): Promise<void> {
  if (inviteCode === undefined || username === undefined) return
  const isTaken = (await findAccountByUsername(db, username)) !== undefined
  if (isTaken && (await isUsableInvite(db, inviteCode, now()))) throw new AuthError('username_taken')
}
