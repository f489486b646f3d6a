import type { RequestHandler } from 'express'
import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { getIdentity } from '../sessions/authenticate.ts'
import { deleteSpareOAuthAccount, listOAuthAccountsOfUser } from './oauth-account-store.ts'

export const unlinkOAuthAccount =
  ({ db }: Deps): RequestHandler<{ accountId: string }> =>
  async (request, response) => {
    const userId = getIdentity(response).account.user.id
    const accountId = request.params.accountId.toLowerCase()
    if (!(await deleteSpareOAuthAccount(db, userId, accountId))) {
      const accounts = await listOAuthAccountsOfUser(db, userId)
      throw new AuthError(accounts.some(({ id }) => id === accountId) ? 'last_sign_in_method' : 'not_found')
    }
    response.status(204).end()
  }
