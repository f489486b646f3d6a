import type { Request } from 'express'
import { AuthError } from '../errors.ts'

const connectionId = /^[A-Za-z0-9_-]{1,64}$/

export const isConnectionId = (text: string): boolean => connectionId.test(text)

export const connectionIdForm = 'Must have 1 to 64 of A-Z, a-z, 0-9, _ and -'

/** The tab that a `Guestlist-Connection` header names; undefined stands for the session as a whole. */
export function readConnectionId(request: Request): string | undefined {
  const id = request.headers['guestlist-connection']
  if (id === undefined) return undefined
  if (typeof id === 'string' && isConnectionId(id)) return id
  throw new AuthError('validation_failed', { errors: [{ path: 'Guestlist-Connection', message: connectionIdForm }] })
}
