import { uuidWords, writeUuid } from './uuid.ts'

/** In place of a row: there is none. */
export const none = -1

/** What tables of rows grow by: little, so that no more than a fifth of their memory waits for rows to come. */
export const growth = 1.25
const slotsPerRow = 1.5

export interface WordHash {
  /** Of the first `count` words. */
  hash(words: Int32Array, count: number): number
}

/**
 * Gives each key a row number, by which tables keep what else they know of it; numbers of deleted rows are given again.
 * A key is a UUID, and further words if wanted. All of it lies in two arrays: a million keys are no work for the garbage
 * collector. Collisions go to the next free slot, and a deletion closes the gap it leaves.
 */
export class UuidIndex {
  readonly #width: number
  readonly #hash: WordHash
  readonly #deleted: Int32Array
  #keys = new Int32Array(0)
  /** Two numbers a slot: a row plus one, or 0 where none is, and the hash of its key. */
  #slots = new Int32Array(0)
  #slotCount = 0
  #capacity = 0
  #used = 0
  #firstFree = none
  #size = 0

  constructor(furtherWords: number, hash: WordHash) {
    this.#width = uuidWords + furtherWords
    this.#hash = hash
    this.#deleted = new Int32Array(this.#width)
    this.#grow()
  }

  get size(): number {
    return this.#size
  }

  /** Every row number is below it. */
  get capacity(): number {
    return this.#capacity
  }

  find(key: Int32Array): number {
    const hash = this.#hash.hash(key, this.#width)
    for (let slot = this.#homeOf(hash); ; slot = this.#after(slot)) {
      const row = this.#rowIn(slot)
      if (row === none || (this.#slots[2 * slot + 1] === hash && this.#isKeyOf(row, key, this.#width))) return row
    }
  }

  /** A row for a key that has none. */
  insert(key: Int32Array): number {
    if (this.#firstFree === none && this.#used === this.#capacity) this.#grow()
    const row = this.#takeRow()
    for (let index = 0; index < this.#width; index += 1) this.#keys[row * this.#width + index] = key[index] ?? 0
    this.#place(row, this.#hash.hash(key, this.#width))
    this.#size += 1
    return row
  }

  delete(row: number): void {
    const key = this.#deleted
    for (let index = 0; index < this.#width; index += 1) key[index] = this.#keys[row * this.#width + index] ?? 0
    let gap = this.#homeOf(this.#hash.hash(key, this.#width))
    while (this.#rowIn(gap) !== row) gap = this.#after(gap)
    for (let slot = this.#after(gap); this.#rowIn(slot) !== none; slot = this.#after(slot)) {
      const hash = this.#slots[2 * slot + 1] ?? 0
      // Whoever is on the way from home across the gap would not be found any more.
      if (this.#distance(this.#homeOf(hash), slot) < this.#distance(gap, slot)) continue
      this.#fill(gap, this.#rowIn(slot), hash)
      gap = slot
    }
    this.#fill(gap, none, 0)
    this.#keys[row * this.#width] = this.#firstFree
    this.#firstFree = row
    this.#size -= 1
  }

  /** Whether the key begins with the same UUID as that of the row. */
  hasUuid(row: number, key: Int32Array): boolean {
    return this.#isKeyOf(row, key, uuidWords)
  }

  uuidOf(row: number): string {
    return writeUuid(this.#keys, row * this.#width)
  }

  #isKeyOf(row: number, key: Int32Array, words: number): boolean {
    const start = row * this.#width
    for (let index = 0; index < words; index += 1) if (this.#keys[start + index] !== key[index]) return false
    return true
  }

  #takeRow(): number {
    const row = this.#firstFree
    if (row === none) {
      this.#used += 1
      return this.#used - 1
    }
    this.#firstFree = this.#keys[row * this.#width] ?? none
    return row
  }

  #place(row: number, hash: number): void {
    let slot = this.#homeOf(hash)
    while (this.#rowIn(slot) !== none) slot = this.#after(slot)
    this.#fill(slot, row, hash)
  }

  #grow(): void {
    const before = this.#slots
    this.#capacity = Math.ceil(Math.max(64, this.#capacity * growth))
    this.#keys = new Int32Array(this.#keys.buffer.transfer(this.#capacity * this.#width * Int32Array.BYTES_PER_ELEMENT))
    this.#slotCount = Math.ceil(this.#capacity * slotsPerRow)
    this.#slots = new Int32Array(2 * this.#slotCount)
    for (let index = 0; index < before.length; index += 2) {
      const row = (before[index] ?? 0) - 1
      if (row !== none) this.#place(row, before[index + 1] ?? 0)
    }
  }

  #homeOf(hash: number): number {
    return Math.floor(((hash >>> 0) / 2 ** 32) * this.#slotCount)
  }

  #after(slot: number): number {
    return slot + 1 === this.#slotCount ? 0 : slot + 1
  }

  #distance(from: number, to: number): number {
    return from <= to ? to - from : to - from + this.#slotCount
  }

  #rowIn(slot: number): number {
    return (this.#slots[2 * slot] ?? 0) - 1
  }

  #fill(slot: number, row: number, hash: number): void {
    this.#slots[2 * slot] = row + 1
    this.#slots[2 * slot + 1] = hash
  }
}
