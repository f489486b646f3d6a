import { parseArgon2 } from './argon2.ts'
import { parseBcrypt } from './bcrypt.ts'
import type { ForeignHash } from './foreign-hash.ts'
import { parseSaltedScrypt } from './salted-scrypt.ts'

const parsers = [parseBcrypt, parseArgon2, parseSaltedScrypt]

/** What hash this text is; undefined where it is none that can be verified here. */
export function parseForeignHash(text: string): ForeignHash | undefined {
  for (const parse of parsers) {
    const hash = parse(text)
    if (hash !== undefined) return hash
  }
  return undefined
}
