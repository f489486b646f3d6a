import * as z from 'zod'
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

/** A password hash from outside: the base64 of the 96 bytes that we store ourselves, neither too weak nor too costly. */
export const storedHash = z
  .string()
  .regex(/^[A-Za-z0-9+/]{128}$/, { error: 'Must be the base64 of the 96 bytes of a scrypt hash', abort: true })
  .transform((text) => Buffer.from(text, 'base64'))
  .refine(isWhole, { error: 'Must be a scrypt hash that is whole: its header or checksum is wrong', abort: true })
  .superRefine((hash, context) => {
    const cost = readScryptCost(hash)
    if (!isStrongEnough(cost)) context.addIssue('Its cost is too low to be safe: leave the hash out')
    if (!isAffordable(cost)) context.addIssue('Its cost is so high that sign-ins would stop the server')
  })
  .transform((hash) => hash as Uint8Array as PasswordHash)

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
