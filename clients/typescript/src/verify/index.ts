export { KeysUnavailableError } from './keys-unavailable-error.ts'
export {
  type BearerRequest,
  type BearerResponse,
  getVerifiedToken,
  requireToken,
  type TokenMiddleware,
} from './require-token.ts'
export { TokenError, type TokenErrorCode } from './token-error.ts'
export { createVerifier, type VerifiedToken, type Verifier } from './verifier.ts'
export type { VerifierOptions } from './verifier-options.ts'
