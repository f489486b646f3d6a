import type { NetworkErrorCode } from './error-code.ts'
import { GuestlistError, type GuestlistErrorFields } from './guestlist-error.ts'

/**
 * A request without a usable answer: whether the server did what was asked is unknown.
 * `cause` is what `fetch` failed with; `status` is 0, or that of the answer that could not be used.
 * A token is never dropped because of this.
 */
export class GuestlistNetworkError extends GuestlistError {
  override readonly name: string = 'GuestlistNetworkError'
  declare readonly code: NetworkErrorCode

  constructor(fields: GuestlistErrorFields<NetworkErrorCode>) {
    super(fields)
  }
}
