/** A password hash as another system made it. It is only ever verified: the first sign-in puts one of ours in its place. */
export interface ForeignHash {
  /** Far from what is safe to keep, or from what a sign-in may cost. */
  readonly isTooWeak: boolean
  readonly isTooCostly: boolean
  /** The bytes that it takes while it is verified. */
  readonly memory: number
  /** @param password as it was typed: each system has rules of its own for what it hashes */
  verify(password: string): Promise<boolean>
}
