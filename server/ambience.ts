import { randomBytes } from 'node:crypto'
import { v7 } from 'uuid'
import type { Deps } from './deps.ts'

/** Time and chance: what a test replaces to make a run repeatable. */
export type Ambience = Pick<Deps, 'now' | 'randomBytes' | 'newId'>

export function createAmbience(overrides: Partial<Ambience> = {}): Ambience {
  const now = overrides.now ?? Date.now
  return {
    now,
    randomBytes: overrides.randomBytes ?? randomBytes,
    newId: overrides.newId ?? (() => v7({ msecs: now() })),
  }
}
