import type { WordHash } from './uuid-index.ts'

const compressing = 1
const finishing = 3

/**
 * HalfSipHash-1-3: 32 bits that nobody can foretell who does not know the key, so that ids and names which a client may
 * choose do not pile up in one place of a table.
 */
export class KeyedHash implements WordHash {
  readonly #key0: number
  readonly #key1: number

  constructor(key: Buffer) {
    this.#key0 = key.readInt32LE(0)
    this.#key1 = key.readInt32LE(4)
  }

  hash(words: Int32Array, count: number): number {
    let v0 = this.#key0
    let v1 = this.#key1
    let v2 = this.#key0 ^ 0x6c796765
    let v3 = this.#key1 ^ 0x74656462
    // The words, one that tells how many bytes they were, and the rounds that finish, which take in nothing.
    for (let index = 0; index < count + compressing + finishing; index += 1) {
      const word = index < count ? (words[index] ?? 0) : index === count ? count << 26 : 0
      if (index === count + compressing) v2 ^= 0xff
      v3 ^= word
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      v0 ^= word
    }
    return v1 ^ v3
  }
}
