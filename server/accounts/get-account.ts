import { endpoint } from '../endpoint.ts'
import { getSession } from '../sessions/authenticate.ts'
import { getOwnAccount, OwnAccount } from './own-account.ts'

export const getAccount = endpoint(
  {
    id: 'getAccount',
    tag: 'Accounts',
    summary: 'Read what only you may see of your account',
    answer: { status: 200, description: 'Your email address and how you can sign in', schema: OwnAccount },
  },
  (deps) => async (_request, response) => {
    response.json(await getOwnAccount(deps, getSession(response).userId))
  },
)
