import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { StartupError } from '../../db/startup-error.ts'
import { must } from '../refusal.ts'

const algorithm = 'aes-256-gcm'
const keyLength = 32
/** 96 bits, drawn anew for each key (NIST SP 800-38D, section 8.2.2). */
const nonceLength = 12
const tagLength = 16
const prefix = 'wrapped:v1:'

/** A key from outside the data file, by which the signing keys in it are wrapped. */
export type KeyEncryptionKey = Buffer & { readonly brand: 'KeyEncryptionKey' }

/** Reads `KEY_ENCRYPTION_KEY`: 32 bytes in base64 or hexadecimal. */
export function parseKeyEncryptionKey(text: string): KeyEncryptionKey {
  const isHex = /^[0-9a-f]{64}$/i.test(text)
  const isBase64 = /^[A-Za-z0-9+/_-]{43}=?$/.test(text)
  if (!isHex && !isBase64) must('32 random bytes in base64 or hexadecimal, like those of: openssl rand -base64 32')
  const key = Buffer.from(text, isHex ? 'hex' : 'base64')
  if (key.length !== keyLength || new Set(key).size < 8) must('32 random bytes, like those of: openssl rand -base64 32')
  return key as KeyEncryptionKey
}

export const isWrapped = (stored: string): boolean => stored.startsWith(prefix)

/** AES-256-GCM (NIST SP 800-38D), bound to the id of the key: what was wrapped for one cannot be put in the place of another. */
export function wrapKey(key: KeyEncryptionKey | undefined, id: string, privateKey: string): string {
  if (key === undefined) return privateKey
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(purposeOf(id))
  const sealed = Buffer.concat([nonce, cipher.update(privateKey, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return prefix + sealed.toString('base64url')
}

/** Throws `StartupError` where it is wrapped by another key, or this server has none. */
export function unwrapKey(key: KeyEncryptionKey | undefined, id: string, stored: string): string {
  if (!isWrapped(stored)) return stored
  if (key === undefined) {
    throw new StartupError(
      'the signing key is wrapped: set KEY_ENCRYPTION_KEY_FILE to the file with the key that wraps it, or restore a backup, which makes a new one',
    )
  }
  const sealed = Buffer.from(stored.slice(prefix.length), 'base64url')
  try {
    const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceLength), { authTagLength: tagLength })
    decipher.setAAD(purposeOf(id)).setAuthTag(sealed.subarray(-tagLength))
    return decipher.update(sealed.subarray(nonceLength, -tagLength), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    throw new StartupError(
      `the signing key ${id} is wrapped by another key than the one of KEY_ENCRYPTION_KEY_FILE: name the file of that one`,
    )
  }
}

const purposeOf = (id: string): Buffer => Buffer.from(`guestlist signing key ${id}`)
