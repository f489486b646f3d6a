import { insertAuditEvent } from '../audit/audit-store.ts'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { id } from '../http/schemas.ts'
import { notifyAccountUnlinked } from '../mail/notices.ts'
import { getSession } from '../sessions/authenticate.ts'
import { forgetSession } from '../sessions/forget-session.ts'
import { getSessionAnew } from '../sessions/get-session-anew.ts'
import { requireRecentSignIn } from '../sessions/recent-sign-in.ts'
import { endSessionsOfLink } from '../sessions/session-store.ts'
import { deleteSpareOAuthAccount, listOAuthAccountsOfUser } from './oauth-account-store.ts'

export const unlinkOAuthAccount = endpoint<{ accountId: string }>(
  {
    id: 'unlinkOAuthAccount',
    tag: 'OAuth accounts',
    summary: 'Unlink an account',
    description:
      'Sessions that were opened through it end, but the one of this request. The last way to sign in to an account cannot ' +
      'be unlinked. It needs a sign-in within the last 10 minutes.',
    parameters: { accountId: id.meta({ description: 'The `id` of a linked account.' }) },
    answer: { status: 204, description: 'The account is unlinked' },
    errors: ['reauthentication_required', 'not_found', 'last_sign_in_method'],
  },
  (deps) => async (request, response) => {
    const session = getSession(response)
    requireRecentSignIn(deps, session)
    const { id: sessionId, userId } = session
    const id = request.params.accountId.toLowerCase()
    // Of those that one can still sign in through.
    const issuers = [...deps.oauthProviders.values()].map(({ issuer }) => issuer)
    const ended = await deps.db.transaction().execute(async (trx) => {
      const { account } = await getSessionAnew({ ...deps, db: trx }, session)
      const provider = await deleteSpareOAuthAccount(trx, { userId, id, issuers })
      if (provider === undefined) {
        const accounts = await listOAuthAccountsOfUser(trx, userId)
        throw new AuthError(accounts.some((each) => each.id === id) ? 'last_sign_in_method' : 'not_found')
      }
      const ended = await endSessionsOfLink(trx, id, deps.now(), sessionId)
      const details = { provider, sessions: ended.length }
      await insertAuditEvent(trx, deps, { event: 'oauth_account.unlinked', userId, sessionId, details })
      await notifyAccountUnlinked(trx, deps, account, provider)
      return ended
    })
    for (const each of ended) forgetSession(deps, each)
    response.status(204).end()
  },
)
