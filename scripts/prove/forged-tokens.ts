import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { JsonWebKey } from './send.ts'

const symbols = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * The token with one character changed, once for each of them. The new one is half of the alphabet away, so that it says
 * something else: of a part's last character the lower bits may say nothing (RFC 4648, section 3.5).
 */
export function changeEachCharacter(token: string): string[] {
  return [...token].map((character, index) => {
    const other = symbols[(symbols.indexOf(character) + 32) % 64]
    return token.slice(0, index) + other + token.slice(index + 1)
  })
}

/** What forgers try: the token's claims without a signature, or signed by something that is not the server's key. */
export function forge(token: string, published: JsonWebKey): string[] {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kid } = published
  const typ = 'at+jwt'
  const own = { alg: 'ES256', kid, typ }
  const serverKey = createPublicKey({ key: published, format: 'jwk' })
  const none = encode({ ...own, alg: 'none' })
  const hmacInput = `${encode({ ...own, alg: 'HS256' })}.${claims}`
  return [
    `${header}.${claims}.`,
    `${header}.${claims}`,
    `${none}.${claims}.`,
    `${none}.${claims}.${signature}`,
    signWith(privateKey, own, claims),
    signWith(privateKey, { ...own, jwk: publicKey.export({ format: 'jwk' }) }, claims),
    signWith(privateKey, { ...own, kid: 'unknown' }, claims),
    ...[serverKey.export({ type: 'spki', format: 'pem' }), JSON.stringify(published)].map(
      (secret) => `${hmacInput}.${createHmac('sha256', secret).update(hmacInput).digest('base64url')}`,
    ),
    `${header}.${raiseGeneration(claims)}.${signature}`,
  ]
}

function signWith(key: KeyObject, header: Record<string, unknown>, claims: string): string {
  const input = `${encode(header)}.${claims}`
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

function raiseGeneration(claims: string): string {
  const parsed = JSON.parse(Buffer.from(claims, 'base64url').toString())
  return encode({ ...parsed, gen: parsed.gen + 1 })
}

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')
