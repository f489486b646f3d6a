import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { id } from '../http/schemas.ts'
import { getIdentity } from '../sessions/authenticate.ts'
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
  ({ db }) =>
    async (request, response) => {
      const userId = getIdentity(response).account.user.id
      const accountId = request.params.accountId.toLowerCase()
      if (!(await deleteSpareOAuthAccount(db, userId, accountId))) {
        const accounts = await listOAuthAccountsOfUser(db, userId)
        throw new AuthError(accounts.some(({ id }) => id === accountId) ? 'last_sign_in_method' : 'not_found')
      }
      response.status(204).end()
    },
)
