import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { AuthError } from '../errors.ts'

/** The `Idempotency-Key` header: 1 to 255 visible ASCII characters, or undefined when there is none. */
export function readIdempotencyKey(request: Request): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  const message = 'Must have 1 to 255 visible ASCII characters'
  throw new AuthError('validation_failed', { errors: [{ path: 'Idempotency-Key', message }] })
}

/** SHA-256 of what was asked for, without the password: that is verified against the stored hash instead. */
export function fingerprint(fields: readonly (string | undefined)[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(fields.map((field) => field ?? null)))
    .digest()
}
