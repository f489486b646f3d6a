import { insertAuditEvent } from '../audit/audit-store.ts'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { id } from '../http/schemas.ts'
import { getSession } from '../sessions/authenticate.ts'
import { deleteSpareOAuthAccount, listOAuthAccountsOfUser } from './oauth-account-store.ts'

export const unlinkOAuthAccount = endpoint<{ accountId: string }>(
  {
    id: 'unlinkOAuthAccount',
    tag: 'OAuth accounts',
    summary: 'Unlink an account',
    description: 'The last way to sign in to an account cannot be unlinked.',
    parameters: { accountId: id.meta({ description: 'The `id` of a linked account.' }) },
    answer: { status: 204, description: 'The account is unlinked' },
    errors: ['not_found', 'last_sign_in_method'],
  },
  (deps) => async (request, response) => {
    const { id: sessionId, userId } = getSession(response)
    const accountId = request.params.accountId.toLowerCase()
    await deps.db.transaction().execute(async (trx) => {
      const provider = await deleteSpareOAuthAccount(trx, userId, accountId)
      if (provider === undefined) {
        const accounts = await listOAuthAccountsOfUser(trx, userId)
        throw new AuthError(accounts.some(({ id }) => id === accountId) ? 'last_sign_in_method' : 'not_found')
      }
      await insertAuditEvent(trx, deps, { event: 'oauth_account.unlinked', userId, sessionId, details: { provider } })
    })
    response.status(204).end()
  },
)
