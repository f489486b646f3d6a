import type { StoredSigningKey } from './signing-key-store.ts'
import { isPublished, isRetired } from './signing-keys.ts'

/**
 * `upcoming`: published, so that every verifier knows it before it signs. `published`: signs no more, but tokens of it may
 * live. `kept`: verifies what a session that rested for long presents to refresh. `retired`: for nothing.
 */
export type KeyState = 'upcoming' | 'signing' | 'published' | 'kept' | 'retired'

export interface KeyWithState {
  readonly key: StoredSigningKey
  readonly signsUntil: number | undefined
  readonly state: KeyState
}

/** The key that was made last. One of a clock that ran ahead does not count until its time has come. */
export function findNewestKey(keys: readonly StoredSigningKey[], now: number): StoredSigningKey | undefined {
  const made = keys.filter(({ createdAt }) => createdAt <= now)
  return made.reduce<StoredSigningKey | undefined>(
    (newest, key) => (newest !== undefined && newest.createdAt >= key.createdAt ? newest : key),
    undefined,
  )
}

/** @param keys oldest first */
export function describeKeys(keys: readonly StoredSigningKey[], now: number, tokenTtlMs: number): KeyWithState[] {
  return keys.map((key, index) => {
    const signsUntil = keys[index + 1]?.signsFrom
    return { key, signsUntil, state: stateOf(key, signsUntil, now, tokenTtlMs) }
  })
}

function stateOf(key: StoredSigningKey, signsUntil: number | undefined, now: number, tokenTtlMs: number): KeyState {
  if (key.signsFrom > now) return 'upcoming'
  if (signsUntil === undefined || now < signsUntil) return 'signing'
  if (isPublished(signsUntil, now, tokenTtlMs)) return 'published'
  return isRetired(signsUntil, now) ? 'retired' : 'kept'
}
