import { createHash } from 'node:crypto'
import type { Request } from 'express'
import * as z from 'zod'
import { AuthError } from '../errors.ts'

export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'Must have 1 to 255 visible ASCII characters')
  .meta({ description: 'A random id for each new registration.', examples: ['019363a5-7c00-7b3e-9d2f-4b1f0c8e6a57'] })

/** The `Idempotency-Key` header: 1 to 255 visible ASCII characters, or undefined when there is none. */
export function readIdempotencyKey(request: Request): string | undefined {
  const result = IdempotencyKey.optional().safeParse(request.headers['idempotency-key'])
  if (result.success) return result.data
  const errors = result.error.issues.map(({ message }) => ({ path: 'Idempotency-Key', message }))
  throw new AuthError('validation_failed', { errors })
}

/** SHA-256 of what was asked for, without the password: that is verified against the stored hash instead. */
export function fingerprint(fields: readonly (string | undefined)[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(fields.map((field) => field ?? null)))
    .digest()
}
