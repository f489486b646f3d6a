import { RowRings } from './row-rings.ts'
import { none, UuidIndex, type WordHash } from './uuid-index.ts'

/** No request has arrived as early. */
const neverLeft = -1

/**
 * Connections, a row each and a column for what is known of it. A row is online, or remembers a farewell, or both; then
 * it is in the ring of those by the time they were seen, or said farewell. One that is neither is free again.
 */
export class ConnectionTable {
  readonly #index: UuidIndex
  #user = new Int32Array(0)
  #seenAt = new Float64Array(0)
  /** Of the latest request that marked it. */
  #arrival = new Float64Array(0)
  #farewellArrival = new Float64Array(0)
  #farewellAt = new Float64Array(0)
  readonly #byTime = new RowRings()
  readonly #farewells = new RowRings()
  #oldest = none
  #oldestFarewell = none
  #online = 0

  constructor(hash: WordHash) {
    this.#index = new UuidIndex(2, hash)
  }

  /** Of rows, online or not. */
  get size(): number {
    return this.#index.size
  }

  get onlineCount(): number {
    return this.#online
  }

  /** The connection that has been online without a sign for longest. */
  get oldest(): number {
    return this.#oldest
  }

  get oldestFarewell(): number {
    return this.#oldestFarewell
  }

  find(key: Int32Array): number {
    return this.#index.find(key)
  }

  /** To be made online, or to be given a farewell, at once. */
  insert(key: Int32Array): number {
    const row = this.#index.insert(key)
    if (row >= this.#user.length) this.#grow(this.#index.capacity)
    this.#user[row] = none
    this.#farewellArrival[row] = neverLeft
    return row
  }

  isOnline(row: number): boolean {
    return row !== none && this.userOf(row) !== none
  }

  /** `none` when it is offline. */
  userOf(row: number): number {
    return this.#user[row] ?? none
  }

  seenAt(row: number): number {
    return this.#seenAt[row] ?? 0
  }

  farewellAt(row: number): number {
    return this.#farewellAt[row] ?? 0
  }

  isOfSession(row: number, key: Int32Array): boolean {
    return this.#index.hasUuid(row, key)
  }

  /** Whether a later request than this one has marked it, or this very one. */
  isMarkedSince(row: number, arrival: number): boolean {
    return (this.#arrival[row] ?? 0) >= arrival
  }

  /** Whether it said farewell after this request arrived. */
  hasLeftSince(row: number, arrival: number): boolean {
    return row !== none && (this.#farewellArrival[row] ?? neverLeft) > arrival
  }

  connect(row: number, user: number, now: number, arrival: number): void {
    this.#user[row] = user
    this.#seenAt[row] = now
    this.#arrival[row] = arrival
    this.#oldest = this.#byTime.append(this.#oldest, row)
    this.#online += 1
  }

  see(row: number, now: number, arrival: number): void {
    this.#seenAt[row] = now
    if (!this.isMarkedSince(row, arrival)) this.#arrival[row] = arrival
    this.#oldest = this.#byTime.moveToEnd(this.#oldest, row)
  }

  disconnect(row: number): void {
    this.#oldest = this.#byTime.remove(this.#oldest, row)
    this.#online -= 1
    this.#user[row] = none
    if (this.#farewellArrival[row] === neverLeft) this.#index.delete(row)
  }

  noteFarewell(row: number, now: number, arrival: number): void {
    const before = this.#farewellArrival[row] ?? neverLeft
    const ring = before === neverLeft ? this.#oldestFarewell : this.#farewells.remove(this.#oldestFarewell, row)
    this.#oldestFarewell = this.#farewells.append(ring, row)
    this.#farewellArrival[row] = Math.max(before, arrival)
    this.#farewellAt[row] = now
  }

  forgetFarewell(row: number): void {
    this.#oldestFarewell = this.#farewells.remove(this.#oldestFarewell, row)
    this.#farewellArrival[row] = neverLeft
    if (!this.isOnline(row)) this.#index.delete(row)
  }

  #grow(capacity: number): void {
    const bytes = capacity * Float64Array.BYTES_PER_ELEMENT
    this.#user = new Int32Array(this.#user.buffer.transfer(capacity * Int32Array.BYTES_PER_ELEMENT))
    this.#seenAt = new Float64Array(this.#seenAt.buffer.transfer(bytes))
    this.#arrival = new Float64Array(this.#arrival.buffer.transfer(bytes))
    this.#farewellArrival = new Float64Array(this.#farewellArrival.buffer.transfer(bytes))
    this.#farewellAt = new Float64Array(this.#farewellAt.buffer.transfer(bytes))
  }
}
