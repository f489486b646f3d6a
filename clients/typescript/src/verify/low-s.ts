/** Half of the order of P-256's group (SEC 2, section 2.4.2), in hexadecimal. */
const HALF_ORDER = '7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8'

/**
 * Whether a token's signature (r and s of 32 bytes each, RFC 7518, section 3.4) has the lower of the two s that it can have: from
 * each, anybody can make the other.
 */
export function isLowS(token: string): boolean {
  const signature = token
    .slice(token.lastIndexOf('.') + 1)
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  const bytes = Array.from(atob(signature), (character) => character.charCodeAt(0))
  const s = bytes.slice(32).map((byte) => byte.toString(16).padStart(2, '0'))
  return s.join('') <= HALF_ORDER
}
