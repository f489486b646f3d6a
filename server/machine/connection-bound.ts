import { readdirSync } from 'node:fs'
import { StartupError } from '../../db/startup-error.ts'
import { readLimit } from './process-limits.ts'
import { readText as readFromKernel } from './read-text.ts'

/** For what is opened while the server runs: mail, providers, metrics, a backup's process, files of our pages. */
const reserve = 16
/** A thread that verifies hashes of bcrypt. */
const perHash = 5
const leastConnections = 8

/**
 * How many connections of people there may be at once, so that descriptors are left for everything else; undefined
 * where the limit cannot be told, or there is none. Called once all is open that is open from the start. Throws
 * `StartupError` where the limit leaves too few.
 *
 * @param hashesAtOnce how many password hashes run at once
 */
export function readConnectionBound(
  hashesAtOnce: number,
  { readText = readFromKernel, open = countOpen() } = {},
): number | undefined {
  const limit = readLimit(readText, 'open files')
  if (limit === Number.POSITIVE_INFINITY || open === undefined) return undefined
  const needed = open + reserve + perHash * hashesAtOnce
  if (limit - needed >= leastConnections) return limit - needed
  throw new StartupError(
    `${limit} files may be open at once, and the server needs ${needed + leastConnections}: ` +
      'raise LimitNOFILE, ulimit -n or the limit of the container',
  )
}

function countOpen(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}
