import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { getIdentity } from '../sessions/authenticate.ts'
import { OAuthAccount } from './oauth-account.ts'
import { listOAuthAccountsOfUser } from './oauth-account-store.ts'

export const listOAuthAccounts = endpoint(
  {
    id: 'listOAuthAccounts',
    tag: 'OAuth accounts',
    summary: 'List your linked accounts',
    answer: { status: 200, description: 'The linked accounts, oldest first', schema: z.array(OAuthAccount) },
  },
  ({ db }) =>
    async (_request, response) => {
      response.json(await listOAuthAccountsOfUser(db, getIdentity(response).account.user.id))
    },
)
