// Hashes a second with nothing else to do, at the cost that is shipped, on all cores: node scrypt-alone.ts SECONDS
import { randomBytes, scrypt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { defaultScryptCost } from '../../server/passwords/password-hashing.ts'

const { logN, r, p } = defaultScryptCost
const cost = { N: 2 ** logN, r, p, maxmem: 2 ** 28 }
const hash = promisify<string, Buffer, number, typeof cost, Buffer>(scrypt)

const beganAt = performance.now()
const endsAt = beganAt + Number(process.argv[2]) * 1000
let hashes = 0
const hashOn = async (): Promise<void> => {
  while (performance.now() < endsAt) {
    await hash('a-secure-password', randomBytes(32), 64, cost)
    hashes += 1
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, hashOn))
console.log(JSON.stringify((hashes * 1000) / (performance.now() - beganAt)))
