import { KeyedHash } from './keyed-hash.ts'
import { readUuid, uuidWords } from './uuid.ts'

const mostNameWords = 16

/**
 * By what a connection is found: its session's id, and 64 bits of a hash of its name; zeros stand for the session as a
 * whole. The words are always the same array, which the next call writes over: a request allocates none.
 */
export class ConnectionKey {
  readonly words = new Int32Array(uuidWords + 2)
  readonly #name = new Int32Array(mostNameWords)
  readonly #hashes: readonly [KeyedHash, KeyedHash]

  constructor(randomBytes: (size: number) => Buffer) {
    this.#hashes = [new KeyedHash(randomBytes(8)), new KeyedHash(randomBytes(8))]
  }

  ofSession(sessionId: string): Int32Array {
    readUuid(sessionId, this.words)
    this.words.fill(0, uuidWords)
    return this.words
  }

  /** The connection of this name, of the session that was read last. */
  ofConnection(name: string): Int32Array {
    const count = Math.ceil(name.length / 4)
    if (count > mostNameWords) throw new Error('the name of a connection has 64 characters at most')
    this.#name.fill(0, 0, count)
    for (let index = 0; index < name.length; index += 1) {
      this.#name[index >> 2] = (this.#name[index >> 2] ?? 0) | (name.charCodeAt(index) << (8 * (index & 3)))
    }
    const [first, second] = this.#hashes
    // Never both zero.
    this.words[uuidWords] = first.hash(this.#name, count) | 1
    this.words[uuidWords + 1] = second.hash(this.#name, count)
    return this.words
  }
}
