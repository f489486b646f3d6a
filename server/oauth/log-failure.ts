import type { Logger } from 'pino'
import type { OAuthProvider } from './provider.ts'

const longestReason = 300

/** Tells the operator what went wrong at a provider: in the words of this server only, for the provider's may be anything. */
export function logFailure(log: Logger, { name: provider }: OAuthProvider, thrown: unknown): void {
  const reason = describe(thrown).slice(0, longestReason)
  log.warn({ event: 'oauth.failed', provider, reason }, 'a provider did not confirm somebody')
}

/** Errors whose messages are words of this server or of a library, and hold nothing that was received. */
const ownWords = [
  'Error',
  'ClientError',
  'OperationProcessingError',
  'UnsupportedOperationError',
  'ResponseBodyError',
  'AuthorizationResponseError',
  'WWWAuthenticateChallengeError',
  'TimeoutError',
  'AbortError',
]

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown'
  const { error, cause } = thrown as { error?: unknown; cause?: unknown }
  // A code of RFC 6749, section 5.2, like invalid_client.
  const code = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : undefined
  // Of what lies under it one level: deeper there may be what the provider sent.
  const under = cause instanceof Error ? (networkCode(cause) ?? wordsOf(cause)) : undefined
  return [wordsOf(thrown), code, under].filter((part) => part !== undefined).join(': ')
}

/** A parser quotes what it could not read. */
function wordsOf(thrown: Error): string {
  if (thrown instanceof SyntaxError) return 'the answer is no JSON'
  return ownWords.includes(thrown.name) ? thrown.message : thrown.name
}

/** Such as ECONNREFUSED. */
const networkCode = ({ code }: NodeJS.ErrnoException): string | undefined =>
  code !== undefined && /^E[A-Z]+$/.test(code) ? code : undefined
