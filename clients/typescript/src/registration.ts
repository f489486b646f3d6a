import type { RegisterInput, RegisterOptions } from './inputs.ts'
import { randomId } from './random-id.ts'
import type { ApiRequest } from './transport.ts'

/**
 * The request of a registration. Its Idempotency-Key is what makes it safe to send again: a server that has already
 * registered this person answers them again instead of refusing a name that is taken.
 */
export function registrationOf(
  input: RegisterInput,
  { idempotencyKey = randomId() }: RegisterOptions = {},
): ApiRequest {
  if (!/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    throw new TypeError('idempotencyKey must be 1 to 255 visible ASCII characters.')
  }
  return { method: 'POST', path: 'register', body: input, idempotencyKey, retry: 'when unanswered' }
}
