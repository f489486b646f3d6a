import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { ExecutionContext } from 'ava'
import { createVerifier, type Verifier, type VerifierOptions } from '../../src/verify/index.ts'
import { type Answer, startTestServer, type TestServer } from './test-server.ts'

export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export function makeKey(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }
}

export const jwkOf = ({ kid, publicKey }: SigningKey) => ({
  ...publicKey.export({ format: 'jwk' }),
  kid,
  alg: 'ES256',
  use: 'sig',
})

/** 12 o'clock, in seconds: when the tokens of an issuer are made. */
export const noon = Date.parse('2026-11-23T12:00:00.000Z') / 1000

export const claims = (more: object = {}) => ({
  iss: 'http://issuer.example',
  aud: 'guestlist',
  sub: 'user-1',
  sid: 'session-1',
  gen: 1,
  iat: noon,
  nbf: noon - 30,
  exp: noon + 900,
  ...more,
})

export const encode = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')

/** A JWT by this key; a text stands for claims that no `JSON.stringify` would write. */
export function signWith(key: SigningKey, payload: object | string = claims(), header: object = {}): string {
  const input = `${encode({ alg: 'ES256', kid: key.kid, typ: 'at+jwt', ...header })}.${encode(payload)}`
  const signer = { key: key.privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${input}.${sign('sha256', Buffer.from(input), signer).toString('base64url')}`
}

export interface Issuer extends TestServer {
  readonly key: SigningKey
  /** The keys that are published; tests add and remove. */
  readonly published: SigningKey[]
  /** Moves the verifiers' clock. */
  advance(milliseconds: number): void
  createVerifier(options?: Partial<VerifierOptions>): Verifier
}

/** Publishes the keys of `http://issuer.example`, or answers something else instead. */
export async function startIssuer(
  t: ExecutionContext,
  instead: () => Answer | undefined | Promise<Answer | undefined> = () => undefined,
): Promise<Issuer> {
  const key = makeKey('key-1')
  const published = [key]
  let now = noon * 1000
  const server = await startTestServer(
    t,
    async () => (await instead()) ?? { status: 200, body: { keys: published.map(jwkOf) } },
  )
  return {
    ...server,
    key,
    published,
    advance: (milliseconds) => {
      now += milliseconds
    },
    createVerifier: (options) =>
      createVerifier({
        issuer: 'http://issuer.example',
        jwksUrl: `${server.baseUrl}/.well-known/jwks.json`,
        clock: { now: () => now },
        ...options,
      }),
  }
}
