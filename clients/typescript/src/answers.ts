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

/** A service through which people can sign in. */
export interface OAuthProvider {
  /** What `loginWithOAuth` and `linkOAuthAccount` take. */
  readonly name: string
  /** What to write on its button. */
  readonly label: string
}

/** The beginning of a sign-in or a link through a provider, which lasts 10 minutes. */
export interface OAuthStart {
  /** Where the person's browser is to go: `location.assign(authorizationUrl)`. */
  readonly authorizationUrl: string
  /** What the code is exchanged with that the browser comes back with. The client has already kept it. */
  readonly flowSecret: string
}

/** What is left of an invite. */
export interface InviteStatus {
  /** ISO 8601 in UTC; `null` when it never expires. */
  readonly expiresAt: string | null
  /** How many more people may register with it; `null` when there is no limit. */
  readonly usesLeft: number | null
}

/** A session of the signed-in person: a device or program on which they have signed in. */
export interface Session {
  /** What `endSession` takes. */
  readonly id: string
  /** When they signed in: ISO 8601 in UTC. */
  readonly createdAt: string
  /** ISO 8601 in UTC. */
  readonly lastSeenAt: string
  /** What the browser or program called itself (`User-Agent`, RFC 9110, section 10.1.5); `null` when it did not. */
  readonly userAgent: string | null
  /** The address on the network; `null` when the server keeps none. */
  readonly address: string | null
  /** By what it was opened: `password`, `registration`, or a provider's name; `null` of one from before that was noted. */
  readonly openedBy: string | null
  /** Whether it is the one of this client. */
  readonly isCurrent: boolean
}

/** What only the person themselves sees of their account. */
export interface Account {
  /** The same UUID as in `User`. */
  readonly id: string
  /** `null` when unset, as after joining through a provider. */
  readonly email: string | null
  /** ISO 8601 in UTC. */
  readonly createdAt: string
  readonly hasPassword: boolean
  /** How they can sign in: `password`, and the names of providers, each once. */
  readonly signInMethods: readonly string[]
}

/** A bot of the signed-in person. */
export interface Bot extends User {
  /** ISO 8601 in UTC. */
  readonly createdAt: string
  /** When its token expires: ISO 8601 in UTC; `null` when it never does. */
  readonly expiresAt: string | null
  /** ISO 8601 in UTC; `null` when it was never used. */
  readonly lastUsedAt: string | null
  /** Whether it has a token that is neither revoked nor expired, and is not disabled. */
  readonly isActive: boolean
}

/** A bot with its token. */
export interface BotWithToken {
  /** What the bot authenticates by. The server shows it this once, and the client does not keep it: it is not a person's. */
  readonly token: string
  readonly bot: Bot
}

/** Some of the people who are online. */
export interface PresencePage {
  readonly users: readonly Profile[]
  /** What `after` takes to answer those that follow; `null` when these were the last. */
  readonly next: string | null
}

/**
 * What `watchPresence` tells: `snapshot`, everybody who is online, which replaces what was told before; then one
 * `online` or `offline` for each who comes or goes.
 */
export type PresenceEvent =
  | { readonly type: 'snapshot'; readonly userIds: readonly string[] }
  | {
      readonly type: 'online' | 'offline'
      readonly userId: string
      /** When they came, or were last seen: ISO 8601 in UTC. */
      readonly at: string
    }
