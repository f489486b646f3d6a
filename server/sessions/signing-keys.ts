import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { Config } from '../config.ts'
import { minute } from '../durations.ts'
import type { Cleared } from '../housekeeping/batch.ts'
import { longestSessionMs } from './session.ts'
import { deleteSigningKey, insertSigningKey, listSigningKeys, type StoredSigningKey } from './signing-key-store.ts'

/** A new key is published this long before it signs, so that every verifier has fetched it by then. */
const publishedAheadMs = 10 * minute
const publishedAfterMs = 5 * minute
const reloadAfterMs = minute
/** For an unknown key and for what is published, where a minute would be too late. */
const reloadSoonAfterMs = 1000

interface SigningKey extends StoredSigningKey {
  readonly privateKeyObject: KeyObject
  readonly publicKeyObject: KeyObject
  /** When the next key took over; undefined for the newest. */
  readonly signsUntil: number | undefined
}

export type VerifyingKey = Pick<SigningKey, 'publicKeyObject' | 'signsLowS'>

export type PublicJwk = StoredSigningKey['publicKey'] & {
  readonly kid: string
  readonly alg: 'ES256'
  readonly use: 'sig'
  /** There where it is true: an extra member, which others pass over (RFC 7517, section 4). */
  readonly low_s?: true
}

type KeyConfig = Pick<Config, 'tokenTtlMs'>

/** The signing keys of the data file, kept in memory and read anew at times: another process may rotate them. */
export class SigningKeys {
  readonly #db: Database
  readonly #now: () => number
  readonly #config: KeyConfig
  #keys: readonly SigningKey[] = []
  #loadedAt = Number.NEGATIVE_INFINITY

  constructor(db: Database, now: () => number, config: KeyConfig) {
    this.#db = db
    this.#now = now
    this.#config = config
  }

  /** The key that signs now. */
  async getCurrent(): Promise<SigningKey> {
    await this.#reloadAfter(reloadAfterMs)
    const now = this.#now()
    const current = this.#keys.findLast((key) => key.signsFrom <= now) ?? this.#keys[0]
    if (current === undefined) throw new Error('the data file holds no signing key')
    return current
  }

  /** The key to verify a token with, for as long as a session that holds such a token may be refreshed. */
  async findKey(id: string): Promise<VerifyingKey | undefined> {
    await this.#reloadAfter(reloadAfterMs)
    if (!this.#keys.some((key) => key.id === id)) await this.#reloadAfter(reloadSoonAfterMs)
    return this.#find(id)
  }

  /** Whether `findKey` would find this key without reading anything. */
  isAtHand(id: string): boolean {
    return this.#isFresh(reloadAfterMs) && this.#find(id) !== undefined
  }

  #find(id: string): VerifyingKey | undefined {
    const key = this.#keys.find((candidate) => candidate.id === id)
    if (key?.signsUntil !== undefined && isRetired(key.signsUntil, this.#now())) return undefined
    return key
  }

  /** The JSON Web Key Set (RFC 7517, section 5): each key until the last token it signed is dead, and 5 minutes. */
  async listPublished(): Promise<PublicJwk[]> {
    await this.#reloadAfter(reloadSoonAfterMs)
    const now = this.#now()
    const published = this.#keys.filter(({ signsUntil }) => isPublished(signsUntil, now, this.#config.tokenTtlMs))
    return published.map(({ publicKey, id: kid, signsLowS }) => ({
      ...publicKey,
      kid,
      alg: 'ES256',
      use: 'sig',
      ...(signsLowS && { low_s: true }),
    }))
  }

  #isFresh(maxAgeMs: number): boolean {
    const age = this.#now() - this.#loadedAt
    return age < maxAgeMs && age >= 0
  }

  async #reloadAfter(maxAgeMs: number): Promise<void> {
    if (this.#isFresh(maxAgeMs)) return
    const stored = await listSigningKeys(this.#db)
    this.#loadedAt = this.#now()
    this.#keys = stored.map((key, index) => ({
      ...key,
      privateKeyObject: createPrivateKey(key.privateKey),
      publicKeyObject: createPublicKey({ key: { ...key.publicKey }, format: 'jwk' }),
      signsUntil: stored[index + 1]?.signsFrom,
    }))
  }
}

/** Until the last token that it signed is dead, and 5 minutes. */
export const isPublished = (signsUntil: number | undefined, now: number, tokenTtlMs: number): boolean =>
  signsUntil === undefined || now < signsUntil + tokenTtlMs + publishedAfterMs

/** Judged by the longest life that a session can have: `SESSION_TTL` may have been longer when it began. */
export const isRetired = (signsUntil: number, now: number): boolean => now >= signsUntil + longestSessionMs

/** Makes the first key of an empty data file; it signs at once. */
export async function ensureSigningKey(db: Database, now: number): Promise<void> {
  if ((await listSigningKeys(db)).length > 0) return
  const key = makeSigningKey(now, now)
  await db.transaction().execute(async (trx) => {
    // Looked at again under the write lock: several processes may start on one empty file.
    if ((await listSigningKeys(trx)).length === 0) await insertSigningKey(trx, key)
  })
}

/** Adds a key that takes over in 10 minutes, and forgets those that no living session can hold a token of. */
export async function rotateSigningKey(trx: DatabaseTransaction, now: number): Promise<StoredSigningKey> {
  const key = makeSigningKey(now, now + publishedAheadMs)
  await deleteRetiredKeys(trx, now)
  await insertSigningKey(trx, key)
  return key
}

/** There are a handful of them at the most. */
export async function deleteRetiredKeys(trx: DatabaseTransaction, now: number): Promise<Cleared<true>> {
  const keys = await listSigningKeys(trx)
  const retired = keys.filter((_, index) => {
    const signsUntil = keys[index + 1]?.signsFrom
    return signsUntil !== undefined && isRetired(signsUntil, now)
  })
  for (const { id } of retired) await deleteSigningKey(trx, id)
  return { deleted: retired.length, next: undefined }
}

/** Forgets every key, and makes one that signs at once: for when no session is left that holds a token of the old ones. */
export async function replaceSigningKeys(trx: DatabaseTransaction, now: number): Promise<StoredSigningKey> {
  for (const old of await listSigningKeys(trx)) await deleteSigningKey(trx, old.id)
  const key = makeSigningKey(now, now)
  await insertSigningKey(trx, key)
  return key
}

function makeSigningKey(createdAt: number, signsFrom: number): StoredSigningKey {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y } = pair.publicKey.export({ format: 'jwk' })
  if (x === undefined || y === undefined) throw new Error('the key pair has no coordinates')
  const publicKey = { kty: 'EC', crv: 'P-256', x, y } as const
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  return { id: thumbprint(publicKey), privateKey, publicKey, createdAt, signsFrom, signsLowS: true }
}

/** RFC 7638, section 3: SHA-256 of the required members in lexical order. */
export function thumbprint({ crv, kty, x, y }: StoredSigningKey['publicKey']): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}
