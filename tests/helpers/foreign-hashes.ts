import { argon2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { hash as hashByBcrypt } from 'bcryptjs'

export interface KnownHash {
  readonly password: string
  readonly hash: string
}

export async function bcryptHash(password: string): Promise<KnownHash> {
  return { password, hash: await hashByBcrypt(password, 10) }
}

/** With the least that OWASP's list has for two passes. */
export async function argon2Hash(message: string): Promise<KnownHash> {
  const [nonce, memory, passes, parallelism] = [randomBytes(16), 19_456, 2, 1]
  const tag = await promisify(argon2)('argon2id', { message, nonce, memory, passes, parallelism, tagLength: 32 })
  const toText = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  const hash = `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${toText(nonce)}$${toText(tag)}`
  return { password: message, hash }
}

/** Half of them of each kind, each with a password of its own. */
export async function mixedHashes(count: number): Promise<KnownHash[]> {
  const passwords = Array.from({ length: count }, (_, index) => `old password ${index}`)
  return await Promise.all(
    passwords.map((password, index) => (index % 2 ? bcryptHash(password) : argon2Hash(password))),
  )
}
