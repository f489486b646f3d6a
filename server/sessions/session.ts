import type { Deps } from '../deps.ts'
import { day } from '../durations.ts'

/** One sign-in. Times are milliseconds since the epoch. */
export interface Session {
  readonly id: string
  readonly userId: string
  /** Counts the refreshes; each token carries the generation it was made in. */
  readonly generation: number
  /** The generation that was presented to reach the current one. */
  readonly baseGeneration: number | undefined
  readonly createdAt: number
  /** When the person last proved who they are; a refresh does not. */
  readonly authenticatedAt: number
  readonly rotatedAt: number
  readonly expiresAt: number
  readonly endedAt: number | undefined
}

/** No session outlives this, whatever `SESSION_TTL` says or said. */
export const longestSessionMs = 180 * day

export function newSession({ now, newId, config }: Pick<Deps, 'now' | 'newId' | 'config'>, userId: string): Session {
  const createdAt = now()
  return {
    id: newId(),
    userId,
    generation: 1,
    baseGeneration: undefined,
    createdAt,
    authenticatedAt: createdAt,
    rotatedAt: createdAt,
    expiresAt: expiryAfterUse(createdAt, createdAt, config.sessionTtlMs),
    endedAt: undefined,
  }
}

/** A session lives `SESSION_TTL` from its last refresh, and 180 days at most. */
export function expiryAfterUse(createdAt: number, usedAt: number, sessionTtlMs: number): number {
  return Math.min(usedAt + sessionTtlMs, createdAt + longestSessionMs)
}
