import type { Clock } from './clock.ts'
import { GuestlistNetworkError } from './guestlist-network-error.ts'
import type { RegisterInput, RegisterOptions } from './inputs.ts'
import { randomId } from './random-id.ts'
import type { ApiRequest, Send } from './transport.ts'

const PAUSES = [250, 1000]

/**
 * Sends a registration until it is answered, three times at most. Its Idempotency-Key is what makes that safe: a
 * server that has already registered this person answers them again instead of refusing a name that is taken.
 */
export async function sendRegistration(
  send: Send,
  clock: Clock,
  input: RegisterInput,
  { idempotencyKey = randomId() }: RegisterOptions = {},
): Promise<unknown> {
  if (!/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    throw new TypeError('idempotencyKey must be 1 to 255 visible ASCII characters.')
  }
  const request: ApiRequest = { method: 'POST', path: 'register', body: input, idempotencyKey }
  for (const pause of PAUSES) {
    try {
      return await send(request)
    } catch (error) {
      if (!isUnanswered(error)) throw error
      await new Promise<void>((resolve) => clock.setTimeout(resolve, pause))
    }
  }
  return send(request)
}

function isUnanswered(error: unknown): boolean {
  return error instanceof GuestlistNetworkError && (error.code === 'network_error' || error.code === 'timeout')
}
