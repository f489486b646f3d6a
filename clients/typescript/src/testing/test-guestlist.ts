import type { User } from '../answers.ts'
import type { GuestlistClient } from '../guestlist-client.ts'

/** A Guestlist server for tests: the real one, with a clock to move. */
export interface TestGuestlist extends AsyncDisposable {
  readonly url: string
  /** What `iss` is in its tokens. */
  readonly issuer: string
  /** What `aud` is in its tokens. */
  readonly audience: string
  /** The server's clock. Hand it to a verifier, so that it follows: `createVerifier({ issuer, clock })`. */
  readonly clock: TestClock
  /**
   * A person of this name, signed in by a client of their own: registered the first time, the same one ever after.
   *
   * @param username 3 to 32 of `a-z 0-9 _ . -`; case does not matter
   * @throws GuestlistError when the server refuses the name
   */
  loginAs(username: string): Promise<TestPerson>
  /** Mints an invite for 7 days and answers its code. @throws Error when the code exists or cannot be one */
  mintInvite(options?: MintInviteOptions): Promise<string>
  /** Ends the server; its data goes with it. Called again, it waits for the same end. */
  stop(): Promise<void>
}

export interface TestClock {
  /** Milliseconds since 1970, by the server's clock. */
  now(): number
  /** Moves it ahead: tokens, invites and sessions grow older. @throws Error unless given whole milliseconds, 0 or more */
  advance(milliseconds: number): Promise<void>
}

/** Somebody who is signed in. */
export interface TestPerson {
  readonly client: GuestlistClient
  /** The token of this sign-in; the client exchanges it for others when it expires. */
  readonly token: string
  readonly user: User
  readonly email: string
  readonly password: string
}

export interface MintInviteOptions {
  /** How many people may register with it, `null` without limit; 1 when left out. */
  readonly uses?: number | null | undefined
  /** 3 to 64 letters, digits and dashes; by chance when left out. */
  readonly code?: string | undefined
}
