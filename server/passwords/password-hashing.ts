import { createHash } from 'node:crypto'
import * as scryptModule from 'scrypt-kdf'
import { unknownVisitor, type Visitor } from '../http/fair-line.ts'
import { networksOf } from '../http/networks.ts'
import type { ForeignHash } from './foreign/foreign-hash.ts'
import { parseForeignHash } from './foreign/parse-foreign-hash.ts'
import { type HashLoad, HashQueue } from './hash-queue.ts'
import type { HashingBounds } from './hashing-bounds.ts'
import { MemoryBudget } from './memory-budget.ts'
import { scryptMemory } from './scrypt-memory.ts'

// Its types describe named exports, its code has one default export.
const Scrypt = (scryptModule as unknown as { default: typeof scryptModule }).default

/** scrypt's cost (RFC 7914, section 2): N = 2^logN, block size r, parallelisation p. */
export type ScryptCost = scryptModule.ScryptParams

/**
 * What is stored of a password, made or vouched for by `PasswordHashing`, the import or the database: a hash in the scrypt
 * file format (96 bytes), or the text of one that another system made.
 */
export type PasswordHash = Uint8Array & { readonly brand: 'PasswordHash' }

/** 32 MiB and three passes: the cheapest that both OWASP's cheat sheet and ASVS 5 approve. */
export const defaultScryptCost: ScryptCost = { logN: 15, r: 8, p: 3 }

/** Hashes and verifies passwords, a bounded number at once. */
export class PasswordHashing {
  readonly #cost: ScryptCost
  readonly #decoy: PasswordHash
  readonly #isKnown: (address: string) => boolean
  readonly #queue: HashQueue
  readonly #memory: MemoryBudget

  /** @param isKnown whether an address belongs to a network that has signed in before: it goes before strangers */
  constructor(
    cost: ScryptCost,
    randomBytes: (size: number) => Buffer,
    { running, memory }: HashingBounds,
    isKnown: (address: string) => boolean = () => false,
  ) {
    this.#isKnown = isKnown
    this.#cost = cost
    this.mostRunning = running
    this.#queue = new HashQueue({ running, waiting: 128, longestWaitMs: 20_000 })
    this.#memory = new MemoryBudget(memory)
    this.#decoy = makeDecoy(cost, randomBytes)
  }

  /** How many hashes run at once. */
  readonly mostRunning: number

  get load(): HashLoad {
    return this.#queue.load
  }

  /**
   * @param password well-formed and within the password rule
   * @param address for whom: turns are shared out by network
   */
  async hash(password: string, address?: string): Promise<PasswordHash> {
    const make = async () => (await Scrypt.kdf(password.normalize('NFKC'), this.#cost)) as PasswordHash
    return await this.#run(scryptMemory(this.#cost), make, this.#visitorOf(address))
  }

  /**
   * Whether the password is the hash's. Without a hash (no such account, or one without a password) the same work is
   * done on a decoy, so that time tells nothing.
   */
  async verify(hash: PasswordHash | undefined, password: string, address?: string): Promise<boolean> {
    const visitor = this.#visitorOf(address)
    // Lone surrogates would all be encoded as U+FFFD and hash alike; NULs at the end are what HMAC pads its key with.
    const isPossible = hash !== undefined && password.isWellFormed() && !password.includes('\0')
    const foreign = isPossible ? readForeignHash(hash) : undefined
    if (foreign !== undefined) return await this.#run(foreign.memory, () => foreign.verify(password), visitor)
    const candidate = password.toWellFormed().normalize('NFKC')
    const own = isPossible ? hash : this.#decoy
    const matches = await this.#run(scryptMemory(readScryptCost(own)), () => Scrypt.verify(own, candidate), visitor)
    return matches && isPossible
  }

  #visitorOf(address: string | undefined): Visitor {
    if (address === undefined) return unknownVisitor
    return { networks: networksOf(address), isKnown: this.#isKnown(address) }
  }

  /** In its turn, and once there is memory for it. */
  async #run<T>(memory: number, task: () => Promise<T>, visitor: Visitor): Promise<T> {
    return await this.#queue.run(() => this.#memory.run(memory, task), visitor)
  }

  /** Whether the hash was made by another system, or with a lower cost than is asked for today. */
  isOutdated(hash: PasswordHash): boolean {
    if (readForeignHash(hash) !== undefined) return true
    const { logN, r, p } = readScryptCost(hash)
    return logN < this.#cost.logN || r < this.#cost.r || p < this.#cost.p
  }
}

/** Whether the stored password is still the one that was read before. */
export const isSameHash = (one: PasswordHash | undefined, other: PasswordHash | undefined): boolean =>
  one === undefined || other === undefined ? one === other : Buffer.compare(one, other) === 0

/** Ours begin with a letter and have zeros in them, those of others are text. */
function readForeignHash(hash: PasswordHash): ForeignHash | undefined {
  return hash.includes(0) ? undefined : parseForeignHash(Buffer.from(hash).toString('latin1'))
}

export const readScryptCost = (hash: Uint8Array): ScryptCost => Scrypt.viewParams(hash)

/** What the scrypt file format writes behind the first 48 bytes, so that a mangled hash shows. */
export const checksumOf = (header: Uint8Array): Buffer => createHash('sha256').update(header).digest().subarray(0, 16)

/** A hash of nothing: the format's header (cost, salt, checksum) is right, the HMAC is random. */
function makeDecoy(cost: ScryptCost, randomBytes: (size: number) => Buffer): PasswordHash {
  const header = Buffer.alloc(48)
  header.write('scrypt', 0, 'latin1')
  header.writeUInt8(cost.logN, 7)
  header.writeUInt32BE(cost.r, 8)
  header.writeUInt32BE(cost.p, 12)
  randomBytes(32).copy(header, 16)
  return new Uint8Array(Buffer.concat([header, checksumOf(header), randomBytes(32)])) as PasswordHash
}
