import type { RequestHandler } from 'express'
import { getIdentity } from '../sessions/authenticate.ts'

export const getMe = (): RequestHandler => (_request, response) => {
  response.json(getIdentity(response).account.user)
}
