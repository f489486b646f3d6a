import { second } from '../../durations.ts'
import { restOfServer } from '../../passwords/hashing-bounds.ts'
import { defaultScryptCost } from '../../passwords/password-hashing.ts'
import { scryptMemory } from '../../passwords/scrypt-memory.ts'
import { type Check, error, type Finding, warning } from '../check.ts'

const mebibyte = 2 ** 20
const memory = scryptMemory(defaultScryptCost)
/** What the server takes once it listens, measured: 68 MiB. */
const serverItself = 72 * mebibyte
/** Then an attacker with a better machine is not the one who suffers. */
const slow = second

export const hashing: Check = {
  name: 'hashing',
  healthy: 'a password hash takes less than a second, and there is memory for as many as there are cores',
  async run(setup) {
    const findings: Finding[] = []
    const ms = Math.round(await setup.timeHash())
    if (ms > slow) {
      const message = `a password hash takes ${ms} ms on this machine, so it signs in few people at once`
      findings.push(warning(message, 'end what else runs here, or take a faster machine'))
    }
    const { processors, freeMemory } = setup
    const fitting = Math.floor((freeMemory - serverItself - restOfServer) / memory)
    const wanted = Math.ceil((Math.max(1, fitting + 1) * memory + serverItself + restOfServer) / mebibyte)
    const free = `${Math.floor(freeMemory / mebibyte)} MiB of memory are free`
    if (fitting < 1) {
      const message = `${free}, and the server needs ${wanted} to hash one password: it does not start`
      findings.push(error(message, 'make room, or give the server more memory'))
    } else if (fitting < processors) {
      const message = `${free}, so ${fitting} of ${processors} password hashes run at once`
      findings.push(warning(message, `with ${wanted} MiB one more would`))
    }
    if (findings.length > 0) return findings
    return `a password hash takes ${ms} ms and ${Math.floor(memory / mebibyte)} MiB; ${processors} may run at once`
  },
}
