// Checked by the compiler, never run: what must compile, and below each @ts-expect-error what must not.
import express from 'express'
import {
  createVerifier,
  getVerifiedToken,
  KeysUnavailableError,
  requireToken,
  TokenError,
  type TokenErrorCode,
  type VerifiedToken,
} from '../../src/verify/index.ts'

const issuer = 'http://localhost:3000'
export const verifier = createVerifier({ issuer, audience: 'a', jwksUrl: issuer, fetch, clock: Date })
createVerifier({ issuer, audience: undefined, jwksUrl: undefined, fetch: undefined, clock: undefined })
// @ts-expect-error the issuer is required
createVerifier({ audience: 'a' })
// @ts-expect-error the algorithm cannot be chosen
createVerifier({ issuer, algorithms: ['HS256'] })

export async function answers(): Promise<unknown> {
  const { userId, sessionId, issuedAt, expiresAt }: VerifiedToken = await verifier.verify('token')
  const texts: string[] = [userId, sessionId]
  const times: Date[] = [issuedAt, expiresAt]
  const verified = await verifier.verify(undefined)
  // @ts-expect-error what was verified is read-only
  verified.userId = 'another'
  // @ts-expect-error the claims have names of their own
  verified.sub
  return [texts, times]
}

export const app = express()
app.use(requireToken(verifier))
app.get('/', requireToken(verifier), (request, response) => {
  const verified: VerifiedToken = getVerifiedToken(request)
  response.json(verified)
})
// @ts-expect-error the middleware takes a verifier, not its options
requireToken({ issuer })

export function read(error: unknown): TokenErrorCode | number | undefined {
  if (error instanceof KeysUnavailableError) return error.retryAfter
  if (!(error instanceof TokenError)) return undefined
  // @ts-expect-error this code is of the other class
  if (error.code === 'keys_unavailable') return undefined
  return error.code
}
