import { randomBytes, randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'
import type { Deps } from './deps.ts'

/** Time and chance: what a test replaces to make a run repeatable. */
export type Ambience = Pick<Deps, 'now' | 'randomBytes' | 'newId'>

export function createAmbience(overrides: Partial<Ambience> = {}): Ambience {
  const now = overrides.now ?? Date.now
  const random = drawChunks()
  return {
    now,
    randomBytes: overrides.randomBytes ?? randomBytes,
    newId: overrides.newId ?? (() => v7({ msecs: now(), random: random() })),
  }
}

const chunkBytes = 16
const drawnBytes = 512 * chunkBytes

/** Random chunks for ids, one each call; many are drawn at once, since each drawing costs as much as an id. */
function drawChunks(): () => Uint8Array {
  const pool = new Uint8Array(drawnBytes)
  let used = drawnBytes
  return () => {
    if (used === drawnBytes) {
      randomFillSync(pool)
      used = 0
    }
    used += chunkBytes
    return pool.subarray(used - chunkBytes, used)
  }
}
