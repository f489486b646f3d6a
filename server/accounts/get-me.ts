import { endpoint } from '../endpoint.ts'
import { getIdentity } from '../sessions/authenticate.ts'
import { User } from './user.ts'

export const getMe = endpoint(
  {
    id: 'getMe',
    tag: 'Accounts',
    summary: 'Read your own account',
    answer: { status: 200, description: 'You', schema: User },
  },
  () => (_request, response) => {
    response.json(getIdentity(response).account.user)
  },
)
