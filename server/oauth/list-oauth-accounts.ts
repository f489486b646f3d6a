import type { RequestHandler } from 'express'
import type { Deps } from '../deps.ts'
import { getIdentity } from '../sessions/authenticate.ts'
import { listOAuthAccountsOfUser } from './oauth-account-store.ts'

export const listOAuthAccounts =
  ({ db }: Deps): RequestHandler =>
  async (_request, response) => {
    response.json(await listOAuthAccountsOfUser(db, getIdentity(response).account.user.id))
  }
