/** A person or bot, as they see themselves. */
export interface User {
  /** A UUID (version 7, RFC 9562, section 5.7). */
  readonly id: string
  /** 3 to 32 of `a-z 0-9 _ . -`, unique. */
  readonly username: string
  /** 1 to 64 characters; the username until it is changed. */
  readonly displayName: string
  /** An absolute URL of at most 2,048 characters, or `null` when unset. */
  readonly avatarUrl: string | null
  readonly isBot: boolean
}

/** Whether a person is there. Online means that at least one of their tabs or programs was seen in the last minute. */
export interface Presence {
  readonly status: 'online' | 'offline'
  /** ISO 8601 in UTC; `null` when never seen. */
  readonly lastSeenAt: string | null
}

/** A person as other signed-in people see them. */
export interface Profile extends User {
  readonly presence: Presence
}

/** What signing in answers. */
export interface SignInResult {
  /** A JWT (RFC 7519) that authenticates for about 15 minutes. The client has already kept it. */
  readonly token: string
  readonly user: User
}

/** What refreshing answers. */
export interface RefreshResult {
  /** The new JWT (RFC 7519). The client has already kept it. */
  readonly token: string
}

/** An account at another service through which the person can sign in. */
export interface OAuthAccount {
  /** The server's own id of this link: what `unlinkOAuthAccount` takes. */
  readonly id: string
  readonly provider: string
  /** The id that the provider knows the account by. */
  readonly providerAccountId: string
  readonly email: string | null
  readonly displayName: string | null
  /** ISO 8601 in UTC. */
  readonly linkedAt: string
}

/** What is left of an invite. */
export interface InviteStatus {
  /** ISO 8601 in UTC; `null` when it never expires. */
  readonly expiresAt: string | null
  /** How many more people may register with it; `null` when there is no limit. */
  readonly usesLeft: number | null
}
