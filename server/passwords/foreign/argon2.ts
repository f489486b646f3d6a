import { type Argon2Algorithm, argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { ForeignHash } from './foreign-hash.ts'

const deriveKey = promisify(argon2)

/** The string format of password hashes (PHC), with the one version that is not from a draft, 1.3 (RFC 9106). */
const format =
  /^\$(argon2(?:id|i|d))\$v=19\$m=([1-9]\d{0,6}),t=([1-9]\d{0,3}),p=([1-9]\d{0,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/

/** The weakest of OWASP's list (Password Storage Cheat Sheet, Argon2id): less memory in KiB, more passes. */
const weakestSafe = [
  { memory: 47_104, passes: 1 },
  { memory: 19_456, passes: 2 },
  { memory: 12_288, passes: 3 },
  { memory: 9_216, passes: 4 },
  { memory: 7_168, passes: 5 },
] as const

/** As many hashes run at once as there are cores, so in all the bounds are those of our own hashes. */
const mostMemory = 128 * 1024
const mostWork = 6 * mostMemory

/** Argon2 in any of its variants (RFC 9106), without a secret or associated data. */
export function parseArgon2(text: string): ForeignHash | undefined {
  const [, algorithm, memoryText, passesText, lanesText, saltText, tagText] = format.exec(text) ?? []
  if (algorithm === undefined || saltText === undefined || tagText === undefined) return undefined
  const [memory, passes, parallelism] = [Number(memoryText), Number(passesText), Number(lanesText)]
  // RFC 9106, section 3.1.
  if (memory < 8 * parallelism) return undefined
  const nonce = Buffer.from(saltText, 'base64')
  const tag = Buffer.from(tagText, 'base64')
  return {
    isTooWeak: !weakestSafe.some((least) => memory >= least.memory && passes >= least.passes),
    isTooCostly: memory > mostMemory || memory * passes > mostWork,
    memory: 1024 * memory,
    verify: async (message) => {
      const parameters = { message, nonce, parallelism, tagLength: tag.length, memory, passes }
      return timingSafeEqual(await deriveKey(algorithm as Argon2Algorithm, parameters), tag)
    },
  }
}
