import { availableParallelism } from 'node:os'
import { StartupError } from '../../db/startup-error.ts'
import type { ScryptCost } from './password-hashing.ts'
import { scryptMemory } from './scrypt-memory.ts'

const mebibyte = 2 ** 20
/** What the rest of the server may still grow by: V8's heap under load, and what connections hold. */
export const restOfServer = 16 * mebibyte

export interface HashingBounds {
  /** How many hashes run at once. */
  readonly running: number
  /** How much memory they take together, in bytes. */
  readonly memory: number
}

/** Where nothing else needs the memory. */
export const unbounded: HashingBounds = { running: availableParallelism(), memory: Number.POSITIVE_INFINITY }

/** The bytes that as many hashes as there are cores want, with the rest of the server. */
export const wantedRoom = (cost: ScryptCost): number => availableParallelism() * scryptMemory(cost) + restOfServer

/**
 * As many hashes at once as there are cores and memory for. Throws `StartupError` where there is not enough for one.
 *
 * @param room the bytes that this process may still take
 */
export function boundHashing(room: number, cost: ScryptCost, processors = availableParallelism()): HashingBounds {
  const memory = room - restOfServer
  const fitting = Math.floor(memory / scryptMemory(cost))
  if (fitting >= 1) return { running: Math.min(processors, fitting), memory }
  const [left, needed] = [Math.max(0, room), scryptMemory(cost) + restOfServer].map((bytes) =>
    Math.ceil(bytes / mebibyte),
  )
  throw new StartupError(
    `${left} MiB of memory are left for the server, and it needs ${needed} to hash one password: ` +
      'give it more (MemoryMax, --memory, ulimit), or end what else runs there',
  )
}
