import { RowRings } from './row-rings.ts'
import { readUuid, uuidWords } from './uuid.ts'
import { none, UuidIndex, type WordHash } from './uuid-index.ts'

/**
 * Users, a row each, with a ring of the connections of each by the time they were seen. A row stays until its user is
 * offline and what the database is to know of them has been written.
 */
export class UserTable {
  readonly #index: UuidIndex
  readonly #key = new Int32Array(uuidWords)
  #lastSeen = new Float64Array(0)
  #isUnsaved = new Uint8Array(0)
  #oldest = new Int32Array(0)
  #connections = new Uint8Array(0)
  readonly #ofUser = new RowRings()
  #online = 0

  constructor(hash: WordHash) {
    this.#index = new UuidIndex(0, hash)
  }

  get onlineCount(): number {
    return this.#online
  }

  find(userId: string): number {
    readUuid(userId, this.#key)
    return this.#index.find(this.#key)
  }

  findOrInsert(userId: string): number {
    const found = this.find(userId)
    if (found !== none) return found
    const row = this.#index.insert(this.#key)
    if (row >= this.#oldest.length) this.#grow(this.#index.capacity)
    this.#oldest[row] = none
    this.#connections[row] = 0
    return row
  }

  idOf(row: number): string {
    return this.#index.uuidOf(row)
  }

  lastSeen(row: number): number {
    return this.#lastSeen[row] ?? 0
  }

  countConnections(row: number): number {
    return this.#connections[row] ?? 0
  }

  /** The connection of theirs that was seen longest ago, `none` when they are offline. */
  oldestConnection(row: number): number {
    return this.#oldest[row] ?? none
  }

  listConnections(row: number): number[] {
    const connections: number[] = []
    let connection = this.oldestConnection(row)
    for (let left = this.countConnections(row); left > 0; left -= 1) {
      connections.push(connection)
      connection = this.#ofUser.after(connection)
    }
    return connections
  }

  /** A connection comes; true when it is the first. */
  addConnection(row: number, connection: number, now: number): boolean {
    this.#oldest[row] = this.#ofUser.append(this.oldestConnection(row), connection)
    this.#lastSeen[row] = now
    const count = this.countConnections(row) + 1
    this.#connections[row] = count
    if (count > 1) return false
    this.#isUnsaved[row] = 1
    this.#online += 1
    return true
  }

  seeConnection(row: number, connection: number, now: number): void {
    this.#oldest[row] = this.#ofUser.moveToEnd(this.oldestConnection(row), connection)
    this.#lastSeen[row] = now
  }

  /** A connection goes; true when it was the last. */
  removeConnection(row: number, connection: number): boolean {
    this.#oldest[row] = this.#ofUser.remove(this.oldestConnection(row), connection)
    this.#isUnsaved[row] = 1
    const count = this.countConnections(row) - 1
    this.#connections[row] = count
    if (count > 0) return false
    this.#online -= 1
    return true
  }

  listUnsaved(): [userId: string, seenAt: number][] {
    const unsaved: [string, number][] = []
    for (let row = this.#isUnsaved.indexOf(1); row >= 0; row = this.#isUnsaved.indexOf(1, row + 1)) {
      unsaved.push([this.idOf(row), this.lastSeen(row)])
    }
    return unsaved
  }

  noteSaved(userId: string, seenAt: number): void {
    const row = this.find(userId)
    if (row === none || this.#isUnsaved[row] === 0 || this.#lastSeen[row] !== seenAt) return
    this.#isUnsaved[row] = 0
    if (this.countConnections(row) === 0) this.#index.delete(row)
  }

  /** In the order of rows; whoever stays online keeps theirs. */
  findNextOnline(after: number): number {
    for (let row = after + 1; row < this.#connections.length; row += 1) if (this.countConnections(row) > 0) return row
    return none
  }

  #grow(capacity: number): void {
    this.#lastSeen = new Float64Array(this.#lastSeen.buffer.transfer(capacity * Float64Array.BYTES_PER_ELEMENT))
    this.#oldest = new Int32Array(this.#oldest.buffer.transfer(capacity * Int32Array.BYTES_PER_ELEMENT))
    this.#isUnsaved = new Uint8Array(this.#isUnsaved.buffer.transfer(capacity))
    this.#connections = new Uint8Array(this.#connections.buffer.transfer(capacity))
  }
}
