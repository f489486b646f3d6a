import { randomBytes as randomBytesOfNode } from 'node:crypto'
import { ConnectionKey } from './connection-key.ts'
import { OnlineMap } from './online-map.ts'
import type { PresenceListener } from './presence-changes.ts'
import { none } from './uuid-index.ts'

/** The part of a session that presence needs; a bot stands for itself. Both ids are UUIDs in lower case. */
export interface PresenceSession {
  readonly id: string
  readonly userId: string
}

export interface PresenceOptions {
  /** More than these in all, and the one seen longest ago is dropped; farewells count as well, and give way first. */
  readonly mostConnections?: number
  readonly randomBytes?: (size: number) => Buffer
}

/**
 * Who is online: connections by the time each was last seen, in memory. A connection is a session, or a tab of it where
 * the client names one. They stand in the order in which they were seen, so whatever expires is in front.
 */
export class Presence {
  readonly #now: () => number
  readonly #key: ConnectionKey
  readonly #map: OnlineMap
  #arrivals = 0

  constructor(now: () => number, ttlMs: number, options: PresenceOptions = {}) {
    const { mostConnections = 1_000_000, randomBytes = randomBytesOfNode } = options
    this.#now = now
    this.#key = new ConnectionKey(randomBytes)
    this.#map = new OnlineMap(ttlMs, mostConnections, randomBytes(8))
  }

  /** How many users are online. */
  get onlineCount(): number {
    this.expire()
    return this.#map.users.onlineCount
  }

  get connectionCount(): number {
    this.expire()
    return this.#map.connections.onlineCount
  }

  /** To be drawn when a request arrives: it tells whether that was before a farewell. */
  nextArrival(): number {
    this.#arrivals += 1
    return this.#arrivals
  }

  /** Tells each change of a user between online and offline once, as soon as it is noticed; returns what ends that. */
  onChange(listener: PresenceListener): () => void {
    return this.#map.changes.listen(listener)
  }

  /** Marks a connection as seen now, unless it said farewell after the request arrived. */
  mark(session: PresenceSession, connectionId: string | undefined, arrival: number): void {
    const { connections, changes } = this.#map
    const now = this.#expireUntilNow()
    const whole = connections.find(this.#key.ofSession(session.id))
    const row = connectionId === undefined ? whole : connections.find(this.#key.ofConnection(connectionId))
    if (!connections.hasLeftSince(whole, arrival) && !connections.hasLeftSince(row, arrival)) {
      // Whose an online connection is needs no look-up: a session belongs to one user for good.
      if (connections.isOnline(row)) this.#map.see(row, now, arrival)
      else this.#map.connect(row, this.#key.words, session.userId, now, arrival)
    }
    changes.tell()
  }

  /** Ends the presence of one connection, or of the whole session, unless a later request has marked it by now. */
  disconnect(session: PresenceSession, connectionId?: string, arrival = this.nextArrival()): void {
    const { connections, changes } = this.#map
    const now = this.#expireUntilNow()
    const sessionKey = this.#key.ofSession(session.id)
    const key = connectionId === undefined ? sessionKey : this.#key.ofConnection(connectionId)
    const found = connections.find(key)
    this.#map.noteFarewell(found, key, now, arrival)
    for (const row of connectionId === undefined ? this.#connectionsOf(session) : [found]) {
      if (connections.isOnline(row) && !connections.isMarkedSince(row, arrival)) this.#map.drop(row)
    }
    changes.tell()
  }

  disconnectUser(userId: string): void {
    const { users, changes } = this.#map
    const user = users.find(userId)
    if (user !== none) for (const row of users.listConnections(user)) this.#map.drop(row)
    changes.tell()
  }

  /** Everyone leaves: the server stops. */
  disconnectAll(): void {
    const { connections, changes } = this.#map
    while (connections.oldest !== none) this.#map.drop(connections.oldest)
    changes.tell()
  }

  /** Ends what was not seen for too long: work for each connection that ends, and next to none when none does. */
  expire(): void {
    this.#expireUntilNow()
    this.#map.changes.tell()
  }

  isOnline(userId: string): boolean {
    this.expire()
    const user = this.#map.users.find(userId)
    return user !== none && this.#map.users.countConnections(user) > 0
  }

  /** Milliseconds since the epoch, as far as memory tells; the database may know of an earlier visit. */
  findLastSeen(userId: string): number | undefined {
    const user = this.#map.users.find(userId)
    return user === none ? undefined : this.#map.users.lastSeen(user)
  }

  /** When the session was last seen; undefined when none of its connections is online. */
  findSessionLastSeen(session: PresenceSession): number | undefined {
    this.expire()
    const times = this.#connectionsOf(session).map((row) => this.#map.connections.seenAt(row))
    return times.length === 0 ? undefined : Math.max(...times)
  }

  /** Who is online, part by part, going on after `next`; whoever stays online meanwhile is met exactly once. */
  listOnline({ after = none, limit }: { after?: number | undefined; limit: number }): OnlinePage {
    this.expire()
    const { users } = this.#map
    const userIds: string[] = []
    for (let last = after; ; ) {
      const user = users.findNextOnline(last)
      if (user === none) return { userIds, next: undefined }
      if (userIds.length >= limit) return { userIds, next: last }
      userIds.push(users.idOf(user))
      last = user
    }
  }

  /** What is to be written to the database: for each user who came or went since, when they were last seen. */
  listUnsaved(): [userId: string, seenAt: number][] {
    this.expire()
    return this.#map.users.listUnsaved()
  }

  /** What has been written by now; who was seen again meanwhile is to be written again. */
  noteSaved(saved: readonly (readonly [userId: string, seenAt: number])[]): void {
    for (const [userId, seenAt] of saved) this.#map.users.noteSaved(userId, seenAt)
  }

  #expireUntilNow(): number {
    const now = this.#now()
    this.#map.expire(now)
    return now
  }

  #connectionsOf(session: PresenceSession): number[] {
    const { users, connections } = this.#map
    const user = users.find(session.userId)
    if (user === none) return []
    const key = this.#key.ofSession(session.id)
    return users.listConnections(user).filter((row) => connections.isOfSession(row, key))
  }
}

export interface OnlinePage {
  readonly userIds: string[]
  /** Where to go on after; undefined when that was all. */
  readonly next: number | undefined
}
