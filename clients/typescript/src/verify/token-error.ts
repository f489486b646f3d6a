/** Why a request's token is refused: the server's own codes for the same, each with status 401. */
export type TokenErrorCode = 'token_missing' | 'token_invalid' | 'token_expired'

const messages: Record<TokenErrorCode, string> = {
  token_missing: 'There is no token.',
  token_invalid: 'The token is not one of this issuer for this audience.',
  token_expired: 'The token has expired.',
}

/**
 * A token that must not be let in. Decide by `code`; `cause` says what exactly was wrong, for a log and not for the
 * sender. Neither holds the token.
 */
export class TokenError extends Error {
  override readonly name = 'TokenError'
  readonly code: TokenErrorCode

  constructor(code: TokenErrorCode, options?: ErrorOptions) {
    super(messages[code], options)
    this.code = code
  }
}
