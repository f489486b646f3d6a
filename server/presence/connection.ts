import type { Request } from 'express'
import * as z from 'zod'
import { AuthError } from '../errors.ts'

/** What names a tab, or another connection of a session. */
export const ConnectionId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'Must have 1 to 64 of A-Z, a-z, 0-9, _ and -')
  .meta({ description: 'Names the tab that is online: a random id for each.', examples: ['tab-1'] })

/** The tab that a `Guestlist-Connection` header names; undefined stands for the session as a whole. */
export function readConnectionId(request: Request): string | undefined {
  const header = request.headers['guestlist-connection']
  if (header === undefined) return undefined
  const result = ConnectionId.safeParse(header)
  if (result.success) return result.data
  const errors = result.error.issues.map(({ message }) => ({ path: 'Guestlist-Connection', message }))
  throw new AuthError('validation_failed', { errors })
}
