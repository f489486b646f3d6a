import { ConnectionTable } from './connection-table.ts'
import { KeyedHash } from './keyed-hash.ts'
import { PresenceChanges } from './presence-changes.ts'
import { UserTable } from './user-table.ts'
import { none } from './uuid-index.ts'

/** More connections than this a user, and the one seen longest ago is dropped: names are the client's to invent. */
const mostConnectionsOfUser = 64
/** A request takes less long than this, so an older farewell can be forgotten. */
const farewellKeptMs = 60_000

/** The tables of connections and users, kept in step and within their bounds; changes are noted, and told later. */
export class OnlineMap {
  readonly connections: ConnectionTable
  readonly users: UserTable
  readonly changes = new PresenceChanges()
  readonly #ttlMs: number
  readonly #mostConnections: number

  constructor(ttlMs: number, mostConnections: number, hashKey: Buffer) {
    const hash = new KeyedHash(hashKey)
    this.connections = new ConnectionTable(hash)
    this.users = new UserTable(hash)
    this.#ttlMs = ttlMs
    this.#mostConnections = mostConnections
  }

  /** A connection comes online: that of the row, or of the key where there is no row yet. */
  connect(found: number, key: Int32Array, userId: string, now: number, arrival: number): void {
    const { connections, users } = this
    const user = users.findOrInsert(userId)
    const row = found === none ? connections.insert(key) : found
    connections.connect(row, user, now, arrival)
    if (users.addConnection(user, row, now)) this.#noteChange(user, true)
    if (users.countConnections(user) > mostConnectionsOfUser) this.drop(users.oldestConnection(user))
    this.#makeRoom()
  }

  see(row: number, now: number, arrival: number): void {
    this.connections.see(row, now, arrival)
    this.users.seeConnection(this.connections.userOf(row), row, now)
  }

  /** The connection may be one that nobody has seen yet: its request may still be under way. */
  noteFarewell(found: number, key: Int32Array, now: number, arrival: number): void {
    const row = found === none ? this.connections.insert(key) : found
    this.connections.noteFarewell(row, now, arrival)
    this.#makeRoom()
  }

  /** Takes a connection offline. */
  drop(row: number): void {
    const user = this.connections.userOf(row)
    this.connections.disconnect(row)
    if (this.users.removeConnection(user, row)) this.#noteChange(user, false)
  }

  expire(now: number): void {
    const { connections } = this
    for (let row = connections.oldest; row !== none; row = connections.oldest) {
      if (!isOver(connections.seenAt(row), now, this.#ttlMs)) break
      this.drop(row)
    }
    for (let row = connections.oldestFarewell; row !== none; row = connections.oldestFarewell) {
      if (!isOver(connections.farewellAt(row), now, farewellKeptMs)) break
      connections.forgetFarewell(row)
    }
  }

  /** A farewell that is forgotten too early does less harm than a person who is shown as offline. */
  #makeRoom(): void {
    while (this.connections.size > this.#mostConnections) {
      const farewell = this.connections.oldestFarewell
      if (farewell !== none) this.connections.forgetFarewell(farewell)
      else this.drop(this.connections.oldest)
    }
  }

  #noteChange(user: number, isOnline: boolean): void {
    if (!this.changes.hasListeners) return
    this.changes.add({ userId: this.users.idOf(user), isOnline, at: this.users.lastSeen(user) })
  }
}

/** Either way: of a clock that was put back, what was seen before would lie ahead for long. */
const isOver = (time: number, now: number, keptMs: number): boolean => Math.abs(now - time) >= keptMs
