interface SendError {
  readonly code?: string
  readonly responseCode?: number
  readonly originalCode?: string
  readonly timeoutType?: string
}

const connectionFailures = ['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS']

/** What may work in a moment: the connection failed, or the mail server answered 4yz (RFC 5321, section 4.2.1). */
export function isTemporary(error: unknown): boolean {
  const { code = '', responseCode = 0 } = error as SendError
  return responseCode >= 400 ? responseCode < 500 : connectionFailures.includes(code)
}

/** Codes only: what the mail server says in words may repeat the address. */
export function describeFailure(error: unknown): Readonly<Record<string, unknown>> {
  const { code, responseCode, originalCode, timeoutType } = error as SendError
  return { code, responseCode, cause: originalCode ?? timeoutType }
}
