import type { ExecutionContext } from 'ava'
import { GuestlistError, GuestlistNetworkError } from '../../src/index.ts'

/** The GuestlistError with which a request fails. */
export async function rejection(t: ExecutionContext, request: Promise<unknown>): Promise<GuestlistError> {
  return (await t.throwsAsync(request, { instanceOf: GuestlistError })) as GuestlistError
}

/** The GuestlistNetworkError with which a request fails. */
export async function networkRejection(t: ExecutionContext, request: Promise<unknown>): Promise<GuestlistNetworkError> {
  return (await t.throwsAsync(request, { instanceOf: GuestlistNetworkError })) as GuestlistNetworkError
}
