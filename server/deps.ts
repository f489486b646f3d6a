import type { Logger } from 'pino'
import type { Database } from '../db/schema.ts'
import type { GuessBrake } from './accounts/guess-brake.ts'
import type { KnownNetworks } from './accounts/known-networks.ts'
import type { SignInThrottle } from './accounts/sign-in-throttle.ts'
import type { Traces } from './accounts/traces.ts'
import type { FoundBot } from './bots/bot-store.ts'
import type { BotUse } from './bots/bot-use.ts'
import type { Config } from './config.ts'
import type { Connections } from './http/connections.ts'
import type { ForwardingCount } from './http/forwarding.ts'
import type { Mailer } from './mail/mailer.ts'
import type { RequestMetrics } from './metrics/request-metrics.ts'
import type { OAuthProviders } from './oauth/provider.ts'
import type { CommonPasswords } from './passwords/common-passwords.ts'
import type { PasswordHashing } from './passwords/password-hashing.ts'
import type { Presence } from './presence/presence.ts'
import type { PresenceFeed } from './presence/presence-feed.ts'
import type { PresenceStreams } from './presence/presence-streams.ts'
import type { Route } from './route.ts'
import type { DataFileWatch } from './service/data-file-watch.ts'
import type { Readiness } from './service/readiness.ts'
import type { WriteProbe } from './service/write-probe.ts'
import type { SessionWithOwner } from './sessions/authenticate.ts'
import type { GenerationUse } from './sessions/generation-use.ts'
import type { IdentityCache } from './sessions/identity-cache.ts'
import type { SigningKeys } from './sessions/signing-keys.ts'
import type { VerifiedTokens } from './sessions/verified-tokens.ts'

/** What the features share; every endpoint and every rule takes what it needs from here. */
export interface Deps {
  readonly config: Config
  readonly db: Database
  readonly log: Logger
  /** How many lines of it were dropped since the start, because standard output took none. */
  readonly droppedLogLines: () => number
  /** Milliseconds since the epoch; tests freeze and move it. */
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
  /** A fresh UUID of version 7 (RFC 9562, section 5.7). */
  readonly newId: () => string
  readonly hashing: PasswordHashing
  readonly commonPasswords: CommonPasswords
  readonly signInThrottle: SignInThrottle
  readonly knownNetworks: KnownNetworks
  readonly guessBrake: GuessBrake
  readonly oauthProviders: OAuthProviders
  readonly signingKeys: SigningKeys
  readonly verifiedTokens: VerifiedTokens
  readonly generationUse: GenerationUse
  /** By the id of the session. */
  readonly sessionCache: IdentityCache<SessionWithOwner>
  /** By the hash of the token. */
  readonly botCache: IdentityCache<FoundBot>
  readonly presence: Presence
  readonly presenceFeed: PresenceFeed
  readonly presenceStreams: PresenceStreams
  readonly connections: Connections
  readonly botUse: BotUse
  readonly traces: Traces
  /** Undefined where the server sends no mail. */
  readonly mailer: Mailer | undefined
  readonly forwardingCount: ForwardingCount
  readonly readiness: Readiness
  readonly writeProbe: WriteProbe
  readonly dataFileWatch: DataFileWatch
  /** Undefined where metrics are not served. */
  readonly requestMetrics: RequestMetrics | undefined
  /** Every operation, for whoever asks what this server can do. */
  readonly routes: readonly Route[]
  readonly isDraining: () => boolean
}
