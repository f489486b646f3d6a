import { scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { ForeignHash } from './foreign-hash.ts'

const deriveKey = promisify<string, string, number, object, Buffer>(scrypt)

const keyLength = 64
const cost = { N: 16_384, r: 16, p: 1, maxmem: 64 * 2 ** 20 }

/** What better-auth writes unless it is told otherwise: `salt:key` in hexadecimal, and the salt is its digits, not its bytes. */
export function parseSaltedScrypt(text: string): ForeignHash | undefined {
  const [, salt, keyText] = /^([0-9a-f]{32}):([0-9a-f]{128})$/.exec(text) ?? []
  if (salt === undefined || keyText === undefined) return undefined
  const key = Buffer.from(keyText, 'hex')
  return {
    // A quarter of OWASP's least work, but there is only this one, and it is gone with the first sign-in.
    isTooWeak: false,
    isTooCostly: false,
    memory: 128 * cost.r * cost.N,
    verify: async (password) =>
      timingSafeEqual(await deriveKey(password.normalize('NFKC'), salt, keyLength, cost), key),
  }
}
