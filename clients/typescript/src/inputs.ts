/** What registering takes. The server's rules are given; it refuses what breaks them with `validation_failed`. */
export interface RegisterInput {
  /** At most 254 characters; case does not matter. */
  readonly email: string
  /** 15 to 128 characters, unless the server allows fewer; any characters, none required. */
  readonly password: string
  /** 3 to 32 of `a-z 0-9 _ . -`, starting and ending with a letter or digit. */
  readonly username: string
  /** 1 to 64 characters; the username when left out. */
  readonly displayName?: string | undefined
  /** As it was handed out: case, spaces and dashes do not matter. */
  readonly inviteCode: string
}

/** How registering is sent. */
export interface RegisterOptions {
  /**
   * 1 to 255 visible ASCII characters that name this registration, random when left out. The server answers the same
   * key with the same person for 24 hours: keep it to ask again after a page was closed before the answer came.
   */
  readonly idempotencyKey?: string | undefined
}

/** What signing in takes. */
export interface LoginInput {
  readonly email: string
  readonly password: string
}

/** What is to change of the profile; what is left out, or `undefined`, stays. */
export interface UpdateProfileInput {
  /** 1 to 64 characters after trimming. */
  readonly displayName?: string | undefined
  /** An absolute `https:` or `http:` URL of at most 2,048 characters; `null` removes it. */
  readonly avatarUrl?: string | null | undefined
}

/** What setting a new password takes. */
export interface ResetPasswordInput {
  /** The code that came by mail, or that the operator of the server handed out. */
  readonly code: string
  /** The new password, under the rules of registration. */
  readonly password: string
}

/** What ends with a logout. */
export interface LogoutInput {
  /** `this` session (when left out), all the `others` of the person, or `all` of them. */
  readonly scope?: 'this' | 'others' | 'all' | undefined
}

/** What changing the password takes. */
export interface ChangePasswordInput {
  /** To be left out by whoever has none: they need a sign-in within the last 10 minutes, and an email address. */
  readonly currentPassword?: string | undefined
  /** Under the rules of registration. */
  readonly newPassword: string
}

/** What changing the email address takes. */
export interface ChangeEmailInput {
  /** The new address: at most 254 characters; case does not matter. */
  readonly email: string
  /** To be left out by whoever has none: they need a sign-in within the last 10 minutes. */
  readonly currentPassword?: string | undefined
}

/** What signing in through a provider takes. */
export interface OAuthLoginInput {
  /**
   * Where the browser comes back to: an absolute URL of an origin that the server allows, the address of the page when
   * left out. Its query gets `oauth_code` added.
   */
  readonly returnTo?: string | undefined
  /** For whoever has no account yet. */
  readonly inviteCode?: string | undefined
  /** For the new account, under the rules of registration; made up by the server when left out. */
  readonly username?: string | undefined
}

/** What linking an account at a provider takes. */
export interface OAuthLinkInput {
  /** As in signing in through it. */
  readonly returnTo?: string | undefined
}

/** How a code is exchanged. */
export interface OAuthCompleteOptions {
  /** Of another client's or a former process's flow; the one that this client keeps when left out. */
  readonly flowSecret?: string | undefined
}

/** What making a bot takes. */
export interface CreateBotInput {
  /** Under the rules of people's usernames, and unique among both. */
  readonly username: string
  /** 1 to 64 characters; the username when left out. */
  readonly displayName?: string | undefined
  /** When its token expires: ISO 8601 in UTC, in the future; never when `null` or left out. */
  readonly expiresAt?: string | null | undefined
}

/** What making a new token for a bot takes. */
export interface RotateBotTokenInput {
  /** When it expires: ISO 8601 in UTC, in the future; never when `null` or left out. */
  readonly expiresAt?: string | null | undefined
}

/** Which people of those who are online. */
export interface ListPresenceInput {
  /** At most how many: 1 to 500; 100 when left out. */
  readonly limit?: number | undefined
  /** The `next` of the page before. */
  readonly after?: string | undefined
}

/** How presence is watched. */
export interface WatchPresenceOptions {
  /** Ends it when aborted, without an error. */
  readonly signal?: AbortSignal | undefined
}
