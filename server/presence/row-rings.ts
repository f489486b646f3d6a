import { growth, none } from './uuid-index.ts'

/**
 * Rings of rows, linked both ways: in constant time a row comes to the end of a ring, or leaves it. A row is in one ring
 * at most. Whoever keeps a ring keeps its first row, `none` when it is empty, and takes the new one from each change.
 */
export class RowRings {
  /** Two numbers a row: the one before it and the one after. */
  #links = new Int32Array(0)

  after(row: number): number {
    return this.#links[2 * row + 1] ?? none
  }

  append(first: number, row: number): number {
    if (2 * row >= this.#links.length) this.#grow(row)
    if (first === none) {
      this.#link(row, row)
      return row
    }
    this.#link(this.#before(first), row)
    this.#link(row, first)
    return first
  }

  remove(first: number, row: number): number {
    const after = this.after(row)
    if (after === row) return none
    this.#link(this.#before(row), after)
    return first === row ? after : first
  }

  moveToEnd(first: number, row: number): number {
    return this.append(this.remove(first, row), row)
  }

  #before(row: number): number {
    return this.#links[2 * row] ?? none
  }

  #link(row: number, after: number): void {
    this.#links[2 * row + 1] = after
    this.#links[2 * after] = row
  }

  #grow(row: number): void {
    const capacity = Math.ceil((row + 1) * growth)
    this.#links = new Int32Array(this.#links.buffer.transfer(2 * capacity * Int32Array.BYTES_PER_ELEMENT))
  }
}
