/** The part of a session that presence needs; a bot stands for itself. */
export interface PresenceSession {
  readonly id: string
  readonly userId: string
}

export interface PresenceChange {
  readonly userId: string
  readonly isOnline: boolean
  /** When they came, or were last seen: milliseconds since the epoch. */
  readonly at: number
}

interface Connection {
  readonly userId: string
  readonly sessionId: string
  readonly seenAt: number
  /** Of the latest request that marked it. */
  readonly arrival: number
}

/** More connections than this a user, and the one seen longest ago is dropped: names are the client's to invent. */
const mostConnectionsOfUser = 64
/** A request takes less long than this, so an older farewell can be forgotten. */
const farewellKeptMs = 60_000

/**
 * Who is online: connections by the time each was last seen, in memory. A connection is a session, or a tab of it where
 * the client names one. The map keeps them in the order in which they were seen, so whatever expires stands in front.
 */
export class Presence {
  readonly #now: () => number
  readonly #ttlMs: number
  readonly #connections = new Map<string, Connection>()
  readonly #ofUser = new Map<string, Set<string>>()
  readonly #farewells = new Map<string, { arrival: number; saidAt: number }>()
  readonly #unsaved = new Map<string, number>()
  readonly #listeners = new Set<(change: PresenceChange) => void>()
  #arrivals = 0

  constructor(now: () => number, ttlMs: number) {
    this.#now = now
    this.#ttlMs = ttlMs
  }

  /** To be drawn when a request arrives: it tells whether that was before a farewell. */
  nextArrival(): number {
    this.#arrivals += 1
    return this.#arrivals
  }

  /** Marks a connection as seen now, unless it said farewell after the request arrived. */
  mark(session: PresenceSession, connectionId: string | undefined, arrival: number): void {
    const key = connectionKey(session.id, connectionId)
    if (this.#hasLeft(session.id, arrival) || this.#hasLeft(key, arrival)) return
    this.#expire()
    const { userId } = session
    const comes = !this.#ofUser.has(userId)
    if (comes) this.#noteSeen(userId, this.#now())
    const latest = Math.max(arrival, this.#connections.get(key)?.arrival ?? 0)
    this.#connections.delete(key)
    this.#connections.set(key, { userId, sessionId: session.id, seenAt: this.#now(), arrival: latest })
    this.#addToUser(userId, key)
    if (comes) this.#tell({ userId, isOnline: true, at: this.#now() })
  }

  /** Ends the presence of one connection, or of the whole session, unless a later request has marked it by now. */
  disconnect(session: PresenceSession, connectionId?: string, arrival = this.nextArrival()): void {
    this.#expire()
    const left = connectionKey(session.id, connectionId)
    const latest = Math.max(arrival, this.#farewells.get(left)?.arrival ?? 0)
    this.#farewells.delete(left)
    this.#farewells.set(left, { arrival: latest, saidAt: this.#now() })
    for (const key of [...(this.#ofUser.get(session.userId) ?? [])]) {
      const connection = this.#connections.get(key)
      const isMeant = connectionId === undefined ? connection?.sessionId === session.id : key === left
      if (isMeant && (connection?.arrival ?? 0) < arrival) this.#remove(key)
    }
  }

  disconnectUser(userId: string): void {
    for (const key of [...(this.#ofUser.get(userId) ?? [])]) this.#remove(key)
  }

  isOnline(userId: string): boolean {
    this.#expire()
    return this.#ofUser.has(userId)
  }

  /** Milliseconds since the epoch, as far as memory tells; the database may know of an earlier visit. */
  findLastSeen(userId: string): number | undefined {
    const times = [...(this.#ofUser.get(userId) ?? [])].map((key) => this.#connections.get(key)?.seenAt ?? 0)
    const unsaved = this.#unsaved.get(userId)
    if (unsaved !== undefined) times.push(unsaved)
    return times.length === 0 ? undefined : Math.max(...times)
  }

  /** What is to be written to the database: for each user who came or went since, when they were last seen. */
  listUnsaved(): [userId: string, seenAt: number][] {
    this.#expire()
    return [...this.#unsaved]
  }

  /** What has been written by now; who was seen again meanwhile is to be written again. */
  noteSaved(saved: readonly (readonly [userId: string, seenAt: number])[]): void {
    for (const [userId, seenAt] of saved) if (this.#unsaved.get(userId) === seenAt) this.#unsaved.delete(userId)
  }

  /** Everyone leaves: the server stops. */
  disconnectAll(): void {
    for (const key of [...this.#connections.keys()]) this.#remove(key)
  }

  onChange(listener: (change: PresenceChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  expire(): void {
    this.#expire()
  }

  findSessionLastSeen({ id, userId }: PresenceSession): number | undefined {
    this.#expire()
    const ofSession = [...(this.#ofUser.get(userId) ?? [])].map((key) => this.#connections.get(key))
    const times = ofSession.filter((each) => each?.sessionId === id).map((each) => each?.seenAt ?? 0)
    return times.length === 0 ? undefined : Math.max(...times)
  }

  listOnline({ after = -1, limit }: { after?: number | undefined; limit: number }): {
    userIds: string[]
    next: number | undefined
  } {
    this.#expire()
    const userIds = [...this.#ofUser.keys()].slice(after + 1, after + 1 + limit)
    return { userIds, next: after + limit + 1 < this.#ofUser.size ? after + limit : undefined }
  }

  get onlineCount(): number {
    return this.#ofUser.size
  }

  #tell(change: PresenceChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  #addToUser(userId: string, key: string): void {
    const keys = this.#ofUser.get(userId) ?? new Set()
    this.#ofUser.set(userId, keys)
    keys.delete(key)
    keys.add(key)
    if (keys.size <= mostConnectionsOfUser) return
    for (const oldest of keys) {
      this.#remove(oldest)
      return
    }
  }

  #expire(): void {
    const now = this.#now()
    for (const [key, { seenAt }] of this.#connections) {
      // Either way: of a clock that was put back, what was seen before would lie ahead for long.
      if (Math.abs(now - seenAt) < this.#ttlMs) break
      this.#remove(key)
    }
    for (const [key, { saidAt }] of this.#farewells) {
      if (Math.abs(now - saidAt) < farewellKeptMs) break
      this.#farewells.delete(key)
    }
  }

  #remove(key: string): void {
    const connection = this.#connections.get(key)
    if (connection === undefined) return
    this.#connections.delete(key)
    const keys = this.#ofUser.get(connection.userId)
    keys?.delete(key)
    this.#noteSeen(connection.userId, connection.seenAt)
    if (keys?.size !== 0) return
    this.#ofUser.delete(connection.userId)
    this.#tell({ userId: connection.userId, isOnline: false, at: connection.seenAt })
  }

  #noteSeen(userId: string, seenAt: number): void {
    this.#unsaved.set(userId, Math.max(seenAt, this.#unsaved.get(userId) ?? 0))
  }

  #hasLeft(key: string, arrival: number): boolean {
    return (this.#farewells.get(key)?.arrival ?? 0) > arrival
  }
}

const connectionKey = (sessionId: string, connectionId: string | undefined): string =>
  connectionId === undefined ? sessionId : `${sessionId}/${connectionId}`
