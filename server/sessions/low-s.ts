/** The order of the group of P-256 (SEC 2, section 2.4.2). */
const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
const coordinateLength = 32

/** 64 bytes in base64url, whose last character has four bits that must be zero (RFC 4648, section 3.5). */
const canonicalForm = /^[\w-]{85}[AQgw]$/

/** Whether a signature of ES256 (r and s, RFC 7518, section 3.4) is written in the one way that base64url has for it. */
export const isCanonical = (signature: string): boolean => canonicalForm.test(signature)

/**
 * Of each ECDSA signature there are two, with s and with n − s, and anybody can make the one from the other. Whether this is the one
 * with the lower s, which is the only one that the server makes.
 */
export const isLowS = (signature: string): boolean => readS(Buffer.from(signature, 'base64url')) <= order / 2n

/** The same token with the lower s. */
export function withLowS(token: string): string {
  const at = token.lastIndexOf('.') + 1
  const bytes = Buffer.from(token.slice(at), 'base64url')
  const s = readS(bytes)
  if (s <= order / 2n) return token
  bytes.write((order - s).toString(16).padStart(2 * coordinateLength, '0'), coordinateLength, 'hex')
  return token.slice(0, at) + bytes.toString('base64url')
}

const readS = (signature: Buffer): bigint => BigInt(`0x${signature.toString('hex', coordinateLength)}`)
