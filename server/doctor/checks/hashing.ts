import { second } from '../../durations.ts'
import { defaultScryptCost } from '../../passwords/password-hashing.ts'
import { type Check, error, type Finding, warning } from '../check.ts'

const mebibyte = 2 ** 20
/** RFC 7914, section 2. */
const memory = 128 * 2 ** defaultScryptCost.logN * defaultScryptCost.r
/** What the rest of the server needs, beside its hashes. */
const restOfServer = 128 * mebibyte
/** Then an attacker with a better machine is not the one who suffers. */
const slow = second

export const hashing: Check = {
  name: 'hashing',
  healthy: 'a password hash takes less than a second, and there is memory for as many as run at once',
  async run(setup) {
    const findings: Finding[] = []
    const ms = Math.round(await setup.timeHash())
    if (ms > slow) {
      const message = `a password hash takes ${ms} ms on this machine, so it signs in few people at once`
      findings.push(warning(message, 'end what else runs here, or take a faster machine'))
    }
    const { processors, freeMemory } = setup
    const needed = processors * memory + restOfServer
    if (freeMemory < needed) {
      const [free, wanted] = [freeMemory, needed].map((bytes) => Math.floor(bytes / mebibyte))
      const message = `${free} MiB of memory are free, and ${processors} password hashes at once need ${wanted} with the server`
      findings.push(error(message, 'make room, or give the server more memory: it is killed when there is none'))
    }
    if (findings.length > 0) return findings
    return `a password hash takes ${ms} ms and ${memory / mebibyte} MiB; ${processors} may run at once`
  },
}
