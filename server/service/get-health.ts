import type { RequestHandler } from 'express'

/** The process lives. */
export const getHealth = (): RequestHandler => (_request, response) => {
  response.json({ status: 'ok' })
}
