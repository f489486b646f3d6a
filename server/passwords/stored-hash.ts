import * as z from 'zod'
import { parseForeignHash } from './foreign/parse-foreign-hash.ts'
import {
  checksumOf,
  defaultScryptCost,
  type PasswordHash,
  readScryptCost,
  type ScryptCost,
} from './password-hashing.ts'

/** The weakest of OWASP's list (Password Storage Cheat Sheet, scrypt), each with r = 8: less memory, more passes. */
const weakestSafe = [
  { logN: 17, p: 1 },
  { logN: 16, p: 2 },
  { logN: 15, p: 3 },
  { logN: 14, p: 5 },
  { logN: 13, p: 10 },
] as const
const leastBlockSize = 8

/** As many hashes run at once as there are cores: each must leave the others their memory and their time. */
const mostMemory = 128 * 2 ** 20
const mostWork = 4 * workOf(defaultScryptCost)

/** A password hash from outside, ours or another system's, as it is stored: neither too weak nor too costly. */
export const storedHash = z.string().transform((text, context) => {
  const hash = /^[A-Za-z0-9+/]{128}$/.test(text) ? readOwn(Buffer.from(text, 'base64')) : readForeign(text)
  if ('bytes' in hash) return hash.bytes as PasswordHash
  context.addIssue(hash.problem)
  return z.NEVER
})

type Read = { readonly bytes: Uint8Array } | { readonly problem: string }

const tooWeak = 'Its cost is too low to be safe: leave the hash out'
const tooCostly = 'Its cost is so high that sign-ins would stop the server'

/** The 96 bytes that we store ourselves. */
function readOwn(bytes: Buffer): Read {
  if (!isWhole(bytes)) return { problem: 'Must be a scrypt hash that is whole: its header or checksum is wrong' }
  const cost = readScryptCost(bytes)
  if (!isStrongEnough(cost)) return { problem: tooWeak }
  return isAffordable(cost) ? { bytes } : { problem: tooCostly }
}

function readForeign(text: string): Read {
  const hash = parseForeignHash(text)
  if (hash === undefined) {
    return {
      problem: 'Must be a hash of bcrypt, Argon2 or better-auth, or the base64 of the 96 bytes of a scrypt hash',
    }
  }
  if (hash.isTooWeak) return { problem: tooWeak }
  return hash.isTooCostly ? { problem: tooCostly } : { bytes: Buffer.from(text, 'latin1') }
}

function isWhole(hash: Buffer): boolean {
  const isScrypt = hash.toString('latin1', 0, 7) === 'scrypt\0'
  return isScrypt && checksumOf(hash.subarray(0, 48)).equals(hash.subarray(48, 64))
}

function isStrongEnough({ logN, r, p }: ScryptCost): boolean {
  return r >= leastBlockSize && weakestSafe.some((least) => logN >= least.logN && p >= least.p)
}

function isAffordable(cost: ScryptCost): boolean {
  return 128 * 2 ** cost.logN * cost.r <= mostMemory && workOf(cost) <= mostWork
}

function workOf({ logN, r, p }: ScryptCost): number {
  return 2 ** logN * r * p
}
