/**
 * Where the client keeps its token. Each function may answer at once or by a promise. One that throws or
 * rejects does not break signing in: the client then goes on with the token that it holds in memory.
 */
export interface TokenStorage {
  /** The stored token, or `null`. */
  get(): string | null | Promise<string | null>
  /** Replaces the stored token. */
  set(token: string): void | Promise<void>
  /** Forgets the stored token; forgetting when there is none is no error. */
  remove(): void | Promise<void>
  /**
   * Says that other tabs see the same token. The client then refreshes under a lock of the Web Locks API, where
   * there is one, named after this and the server's address, so that several tabs make one refresh.
   */
  readonly lockName?: string
}
